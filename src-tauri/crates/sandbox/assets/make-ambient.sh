#!/usr/bin/env bash
# Makes ambient.aac, the sound of every clip that asks for sound: a soft chord that
# repeats without a seam. Needs ffmpeg; run it only to change the sound, the result is
# kept beside it.
#
# One turn of the loop is 141 AAC frames of 1024 samples at 48 kHz (3.008 s). Every pitch
# and every swell below is a whole number of cycles per turn, so the wave after the last
# frame goes on as the first one began. Five turns are encoded and the third is kept: by
# then the encoder has settled and the frames on either side are the same as its own.
set -euo pipefail
cd "$(dirname "$0")"

FRAMES=141
TURN="($FRAMES*1024/48000)"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# seconds TURNS: how long that many turns last.
seconds() { awk "BEGIN { print $FRAMES * 1024 * $1 / 48000 }"; }

# tone CYCLES LEVEL SWELLS PHASE: a sine of CYCLES a turn whose loudness swells SWELLS times.
tone() { printf '%s*sin(2*PI*%s*t/%s)*(0.6+0.4*sin(2*PI*%s*t/%s+%s))' "$2" "$1" "$TURN" "$3" "$TURN" "$4"; }

# A2, E3, A3, C#4, E4, B4 and a breath of A5, rounded to whole cycles a turn.
left="$(tone 331 0.10 1 0)+$(tone 496 0.08 1 2)+$(tone 662 0.07 2 1)+$(tone 834 0.05 1 4)+$(tone 992 0.04 2 3)+$(tone 1485 0.02 3 0)"
right="$(tone 331 0.10 1 1)+$(tone 496 0.08 1 3)+$(tone 662 0.07 2 4)+$(tone 834 0.05 1 0)+$(tone 992 0.04 2 5)+$(tone 2647 0.012 3 2)"

ffmpeg -v error -f lavfi -i "aevalsrc='$left|$right':s=48000:d=$(seconds 5)" \
    -c:a aac -profile:a aac_low -b:a 64k "$work/five.m4a"
ffmpeg -v error -y -ss "$(seconds 2)" -i "$work/five.m4a" -map 0:a -c copy -frames:a "$FRAMES" -fflags +bitexact -f adts ambient.aac
