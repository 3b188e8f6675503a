#!/usr/bin/env bash
# Makes everything under assets/demo again: composes the pieces, then encodes them.
# Needs cargo and ffmpeg (with libmp3lame, libvorbis and libopus). See README.md.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
manifest=$here/../../tools/compose/Cargo.toml
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
year=2026

ff() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# No version strings, dates or random numbers in what is written.
exact=(-fflags +bitexact -flags:a +bitexact -flags:v +bitexact)

cargo build --quiet --release --manifest-path "$manifest"
compose() { cargo run --quiet --release --manifest-path "$manifest" -- "$@"; }
compose "$work"

rm -rf -- "$here/tracks" "$here/covers" "$here/hls"
mkdir -p -- "$here/tracks" "$here/covers" "$here/hls"

# --- Covers: the full picture, and a small one to embed -------------------------------

while IFS=$'\t' read -r slug _; do
    ff -i "$work/$slug.ppm" "${exact[@]}" -q:v 4 "$here/covers/$slug.jpg"
    ff -i "$work/$slug.ppm" "${exact[@]}" -vf scale=300:300:flags=lanczos+bitexact -q:v 5 "$work/$slug.jpg"
done <"$work/pieces.tsv"

# --- Tags ------------------------------------------------------------------------------

# Sets `tags` for the piece $1. The name of the tag for the ISRC, if the format has one, is $2.
read_tags() {
    local title artist album track genre isrc
    IFS=$'\t' read -r title artist album track genre isrc < <(
        awk -F'\t' -v s="$1" '$1 == s { OFS = FS; print $2, $3, $4, $5, $6, $10 }' "$work/pieces.tsv"
    )
    tags=(-metadata title="$title" -metadata artist="$artist" -metadata album="$album"
        -metadata album_artist="$artist" -metadata track="$track/2" -metadata date="$year"
        -metadata genre="$genre" -metadata copyright="CC0 1.0")
    if [[ -n ${2-} ]]; then tags+=(-metadata "$2=$isrc"); fi
}

# Adds ReplayGain tags, as ffmpeg measures them, to `tags`.
add_replaygain() {
    local report gain peak
    report=$(ffmpeg -nostdin -hide_banner -i "$work/$1.wav" -af replaygain -f null - 2>&1)
    gain=$(sed -n 's/.*track_gain = \(.*\)/\1/p' <<<"$report")
    peak=$(sed -n 's/.*track_peak = \(.*\)/\1/p' <<<"$report")
    tags+=(-metadata REPLAYGAIN_TRACK_GAIN="$gain" -metadata REPLAYGAIN_TRACK_PEAK="$peak")
}

# Adds Opus's own gain tag: 1/256 dB towards -23 LUFS.
add_r128() {
    local report gain
    report=$(ffmpeg -nostdin -hide_banner -i "$work/$1.wav" -af ebur128 -f null - 2>&1)
    gain=$(awk '/I:.*LUFS/ { loud = $2 } END { printf "%.0f", (-23 - loud) * 256 }' \
        <<<"${report##*Summary}")
    tags+=(-metadata R128_TRACK_GAIN="$gain")
}

# --- Progressive files -----------------------------------------------------------------

# encode SLUG EXT OPTION...: without a picture; encode_pic: with one.
encode() {
    local slug=$1 ext=$2
    shift 2
    ff -i "$work/$slug.wav" "${tags[@]}" "$@" "${exact[@]}" "$here/tracks/$slug.$ext"
}
encode_pic() {
    local slug=$1 ext=$2
    shift 2
    ff -i "$work/$slug.wav" -i "$work/$slug.jpg" -map 0:a -map 1:v -c:v copy \
        -disposition:v attached_pic -metadata:s:v comment="Cover (front)" \
        "${tags[@]}" "$@" "${exact[@]}" "$here/tracks/$slug.$ext"
}

for slug in night-ferry morning-post; do
    read_tags $slug TSRC
    add_replaygain $slug
    encode_pic $slug mp3 -c:a libmp3lame -b:a 128k -id3v2_version 3
done

read_tags harbour-lights TSRC
add_replaygain harbour-lights
encode_pic harbour-lights mp3 -c:a libmp3lame -q:a 5 -id3v2_version 4

# The movie timescale is the sample rate, so that the edit list is exact to the sample.
read_tags cafe-muller
encode_pic cafe-muller m4a -c:a aac -b:a 112k -movie_timescale 44100 -movflags +faststart

read_tags slow-orbit
encode_pic slow-orbit m4a -c:a aac -b:a 96k -movie_timescale 44100

read_tags paper-lanterns ISRC
add_replaygain paper-lanterns
encode_pic paper-lanterns flac -c:a flac -sample_fmt s16 -compression_level 12

read_tags northern-line ISRC
add_replaygain northern-line
encode northern-line ogg -c:a libvorbis -q:a 3

read_tags ame-no-minato ISRC
add_r128 ame-no-minato
encode ame-no-minato opus -ar 48000 -c:a libopus -b:a 72k

# --- HTTP Live Streaming ---------------------------------------------------------------
# Each stream is encoded once and then cut without encoding again, so the segments of all
# variants line up, and put together they are exactly that one stream.

adts() { ff -i "$work/$1.wav" -c:a aac -b:a "$2" "${exact[@]}" -f adts "$work/$1-$2.aac"; }

# cut STREAM FOLDER OPTION...
cut_hls() {
    local stream=$1 folder=$2
    shift 2
    mkdir -p -- "$folder"
    ff -i "$stream" -c copy "${exact[@]}" -f hls -hls_time 5 -hls_list_size 0 \
        -hls_playlist_type vod "$@" "$folder/index.m3u8"
}

# 1. MPEG-TS in three bitrates.
hls=$here/hls/night-ferry
master="#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n"
for variant in low:48k mid:96k high:160k; do
    name=${variant%:*} rate=${variant#*:}
    adts night-ferry "$rate"
    cut_hls "$work/night-ferry-$rate.aac" "$hls/$name" -hls_segment_filename "$hls/$name/seg%03d.ts"
    # The peak and the average of the segments' bitrates, as the standard wants them.
    peak=0 bytes=0 total=0
    while read -r length file; do
        size=$(stat -c %s -- "$hls/$name/$file")
        peak=$(awk -v p="$peak" -v s="$size" -v l="$length" \
            'BEGIN { b = s * 8 / l; printf "%.0f", (b > p ? b : p) }')
        bytes=$((bytes + size))
        total=$(awk -v a="$total" -v b="$length" 'BEGIN { print a + b }')
    done < <(awk -F'[:,]' '/^#EXTINF/ { l = $2 } /^[^#]/ { print l, $0 }' "$hls/$name/index.m3u8")
    average=$(awk -v s="$bytes" -v l="$total" 'BEGIN { printf "%.0f", s * 8 / l }')
    master+="#EXT-X-STREAM-INF:BANDWIDTH=$peak,AVERAGE-BANDWIDTH=$average,CODECS=\"mp4a.40.2\"\n"
    master+="$name/index.m3u8\n"
done
printf '%b' "$master" >"$hls/master.m3u8"

# 2. Fragmented MP4.
hls=$here/hls/harbour-lights
adts harbour-lights 96k
cut_hls "$work/harbour-lights-96k.aac" "$hls" -bsf:a aac_adtstoasc \
    -hls_segment_type fmp4 -hls_fmp4_init_filename init.mp4 -hls_segment_filename "$hls/seg%03d.m4s"

# 3. MPEG-TS under AES-128. The first segments take their IV from their number, which starts
# at 7; from number 10 there is another key with its IV written out. The keys are no secret.
hls=$here/hls/ame-no-minato
keys=(00112233445566778899aabbccddeeff 0f1e2d3c4b5a69788796a5b4c3d2e1f0)
iv=5365677565204456000000000000000a
adts ame-no-minato 96k
cut_hls "$work/ame-no-minato-96k.aac" "$work/plain" -start_number 7 \
    -hls_segment_filename "$work/plain/seg%03d.ts"
mkdir -p -- "$hls"
hex_bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
hex_bytes "${keys[0]}" >"$hls/key.bin"
hex_bytes "${keys[1]}" >"$hls/key2.bin"
for plain in "$work"/plain/seg*.ts; do
    file=$(basename -- "$plain")
    number=$((10#${file//[^0-9]/}))
    key=${keys[0]} vector=$(printf '%032x' "$number")
    if ((number >= 10)); then key=${keys[1]} vector=$iv; fi
    # Copies the bytes as they are; the output is what encrypts.
    ff -f data -i "$plain" -map 0 -c copy -f data \
        -encryption_key "$key" -encryption_iv "$vector" "crypto:$hls/$file"
done
awk -v iv="$iv" '
    /^#EXTINF/ && !first++ { print "#EXT-X-KEY:METHOD=AES-128,URI=\"key.bin\"" }
    /^#EXTINF/ && ++count == 4 { print "#EXT-X-KEY:METHOD=AES-128,URI=\"key2.bin\",IV=0x" iv }
    { print }
' "$work/plain/index.m3u8" >"$hls/index.m3u8"

# 4. Packed AAC.
adts cafe-muller 96k
compose pack "$work/cafe-muller-96k.aac" "$here/hls/cafe-muller" 5

# --- The catalogue ---------------------------------------------------------------------

json() { printf '"%s"' "$(sed 's/["\\]/\\&/g' <<<"$1")"; }

# One file's entry: FILE CONTAINER CODEC.
track_entry() {
    local rate channels bits
    IFS=, read -r rate channels < <(ffprobe -v error -select_streams a:0 \
        -show_entries stream=sample_rate,channels -of csv=p=0 "$here/$1")
    bits=$(ffprobe -v error -select_streams a:0 -show_entries packet=size -of csv=p=0 "$here/$1" |
        awk -F, '{ sum += $1 } END { print sum * 8 }')
    printf '{ "file": "%s", "container": "%s", "codec": "%s", "bitrate_kbps": %.0f, "sample_rate": %s, "channels": %s }' \
        "$1" "$2" "$3" "$(awk -v b="$bits" -v f="$frames" 'BEGIN { print b / f * 44.1 }')" "$rate" "$channels"
}

declare -A kind=([night-ferry]=ts-master [harbour-lights]=fmp4
    [ame-no-minato]=ts-aes128 [cafe-muller]=packed-aac)

{
    printf '{\n  "pieces": ['
    comma=""
    while IFS=$'\t' read -r slug title artist album track genre mood bpm key isrc frames; do
        printf '%s\n    {\n' "$comma"
        comma=,
        printf '      "slug": "%s",\n      "title": %s,\n' "$slug" "$(json "$title")"
        printf '      "artist": %s,\n      "album": %s,\n' "$(json "$artist")" "$(json "$album")"
        printf '      "album_artist": %s,\n      "track_number": %s,\n' "$(json "$artist")" "$track"
        printf '      "year": %s,\n      "genre": %s,\n' "$year" "$(json "$genre")"
        printf '      "mood": %s,\n      "bpm": %s,\n      "key": %s,\n' "$(json "$mood")" "$bpm" "$(json "$key")"
        printf '      "isrc": "%s",\n      "duration_ms": %d,\n' "$isrc" "$(((frames * 1000 + 22050) / 44100))"
        printf '      "frames": %d,\n      "cover": "covers/%s.jpg",\n' "$frames" "$slug"
        file=$(basename -- "$here/tracks/$slug".*)
        case $file in
            *.mp3) entry=$(track_entry "tracks/$file" mp3 mp3) ;;
            *.m4a) entry=$(track_entry "tracks/$file" mp4 aac) ;;
            *.flac) entry=$(track_entry "tracks/$file" flac flac) ;;
            *.ogg) entry=$(track_entry "tracks/$file" ogg vorbis) ;;
            *.opus) entry=$(track_entry "tracks/$file" ogg opus) ;;
        esac
        printf '      "tracks": [\n        %s\n      ],\n' "$entry"
        case ${kind[$slug]-} in
            "") printf '      "hls": []\n' ;;
            ts-master) printf '      "hls": [\n        { "kind": "ts-master", "playlist": "hls/%s/master.m3u8" }\n      ]\n' "$slug" ;;
            *) printf '      "hls": [\n        { "kind": "%s", "playlist": "hls/%s/index.m3u8" }\n      ]\n' "${kind[$slug]}" "$slug" ;;
        esac
        printf '    }'
    done <"$work/pieces.tsv"
    printf '\n  ]\n}\n'
} >"$here/catalog.json"

du -sb -- "$here"
