/* The clip built in: the samples of a WAV file, whose canonical header of 44 bytes is left out. */
    .syntax unified
    .section .bulk_data, "aw"
    .balign 4
    .global audio_clip
    .type audio_clip, %object
    .size audio_clip, 32000
audio_clip:
    .incbin "kws/clips/yes.wav", 44, 32000
