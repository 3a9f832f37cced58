export { parseUartScript } from "../peripherals/console-line-script.ts";
