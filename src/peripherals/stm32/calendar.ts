/** A moment of the calendar that STM32's RTC counts: the years 2000 to 2099, every fourth a leap year. */
export interface Moment {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  /** 0 to 99. */
  readonly year: number;
  /** 1 for Monday to 7. */
  readonly weekday: number;
}

const DAY = 86_400;
const bcd = (n: number): number => (Math.floor(n / 10) << 4) | (n % 10);
const plain = (field: number): number => 10 * (field >>> 4) + (field & 0xf);
const daysOf = (month: number, year: number): number => {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

/** `moment` and so many seconds. */
export function later(moment: Moment, seconds: number): Moment {
  const total = moment.second + 60 * moment.minute + 3600 * moment.hour + seconds;
  const days = Math.floor(total / DAY);
  const rest = total - days * DAY;
  let { day, month, year } = moment;
  for (let n = 0; n < days; n++) {
    day++;
    if (day <= daysOf(month, year)) continue;
    day = 1;
    month = (month % 12) + 1;
    if (month === 1) year = (year + 1) % 100;
  }
  return {
    second: rest % 60,
    minute: Math.floor(rest / 60) % 60,
    hour: Math.floor(rest / 3600),
    day,
    month,
    year,
    weekday: ((moment.weekday - 1 + days) % 7) + 1,
  };
}

/** @source RM0090, RM0385 "RTC_TR", "RTC_DR"; PM stays 0, as in 24-hour format */
export const timeRegister = ({ second, minute, hour }: Moment): number =>
  bcd(second) | (bcd(minute) << 8) | (bcd(hour) << 16);
export const dateRegister = ({ day, month, year, weekday }: Moment): number =>
  bcd(day) | (bcd(month) << 8) | (weekday << 13) | (bcd(year) << 16);

/** The moment that the two registers hold. */
export const momentOf = (time: number, date: number): Moment => ({
  second: plain(time & 0x7f),
  minute: plain((time >>> 8) & 0x7f),
  hour: plain((time >>> 16) & 0x3f),
  day: Math.max(1, plain(date & 0x3f)),
  month: Math.max(1, plain((date >>> 8) & 0x1f)),
  year: plain((date >>> 16) & 0xff),
  weekday: Math.max(1, (date >>> 13) & 7),
});
