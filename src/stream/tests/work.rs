//! Twice as much input costs about twice as much work, whatever the input is made for.

use super::super::hls::fuzzing;

/// Most that doubling the input may cost; 2 would be exact.
const MOST: f64 = 2.5;

/// Nanoseconds that this thread has worked: others on the machine do not count.
fn worked() -> u64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}

/// What so many runs over the same input cost.
fn cost(input: &[u8], times: u32, run: fn(&[u8])) -> u64 {
    let began = worked();
    (0..times).for_each(|_| run(input));
    worked() - began
}

fn check(name: &str, count: usize, run: fn(&[u8]), make: &dyn Fn(usize) -> Vec<u8>) {
    // Two doublings: what a cache gives or takes weighs less.
    let (once, fourfold) = (make(count), make(4 * count));
    // The system counts in steps of a few milliseconds.
    let mut times = 1;
    while cost(&once, times, run) < 60_000_000 {
        times *= 2;
    }
    // A machine that is busy spoils caches: what is linear is seen to be so sooner or later.
    let mut least = f64::INFINITY;
    for _ in 0..8 {
        let ratio = cost(&fourfold, times, run) as f64 / cost(&once, times, run).max(1) as f64;
        least = least.min(ratio.sqrt());
        if least <= MOST {
            return;
        }
    }
    panic!("{name}: {least:.2} times the work for twice the input");
}

#[test]
fn playlists_cost_what_they_are_long() {
    let media = |tags: String| ["#EXTM3U\n#EXT-X-TARGETDURATION:1\n", &tags].concat().into_bytes();
    let repeat = move |lines: &'static str| move |count: usize| media(lines.repeat(count));
    let numbered = move |line: fn(usize) -> String| move |count: usize| media((0..count).map(line).collect());
    let run = fuzzing::playlist;
    check("segments", 2_000, run, &repeat("#EXTINF:1,\na\n"));
    check("marks", 2_000, run, &repeat("#EXT-X-DISCONTINUITY\n#EXTINF:1,\na\n"));
    check("marks of nothing", 2_000, run, &repeat("#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXT-X-UNKNOWN\n"));
    check("ranges", 2_000, run, &repeat("#EXT-X-BYTERANGE:5\n#EXTINF:1,\na\n"));
    check("refused", 2_000, run, &repeat("#EXTINF:1,\nfile:///a\n"));
    check(
        "keys",
        2_000,
        run,
        &numbered(|n| {
            format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{n}\"\n#EXT-X-MAP:URI=\"m{n}\"\n#EXTINF:1,\na\n")
        }),
    );
    check("keys of one segment", 1_000, run, &|count| {
        let keys: Vec<_> = (0..count).map(|n| format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{n}\"\n")).collect();
        media(keys.concat() + "#EXTINF:1,\na\n")
    });
    check(
        "variables",
        400,
        run,
        &numbered(|n| format!("#EXT-X-DEFINE:NAME=\"n{n}\",VALUE=\"{{$n0}}\"\n#EXTINF:1,\n{{$n{n}}}\n")),
    );
    check("attributes", 2_000, run, &|count| {
        media(format!("#EXT-X-KEY:METHOD=NONE{}\n#EXTINF:1,\na\n", ",A=\"1\"".repeat(count)))
    });
    check("variants", 250, run, &|count| {
        let lines = (0..count).map(|n| format!("#EXT-X-STREAM-INF:BANDWIDTH={n},AUDIO=\"a\"\nv{n}\n"));
        ["#EXTM3U\n".to_owned(), lines.collect::<Vec<_>>().concat()].concat().into_bytes()
    });
}

#[test]
fn segments_cost_what_they_are_long() {
    check("no packets", 100_000, fuzzing::transport_stream, &|count| vec![0; count]);
    check("nothing but beginnings of packets", 100_000, fuzzing::transport_stream, &|count| {
        let mut bytes = vec![0x47; count];
        bytes.extend([0xff]);
        bytes
    });
    check("tags", 10_000, fuzzing::timestamps, &|count| b"ID3\x04\0\0\0\0\0\0".repeat(count));
    check("frames of a tag", 10_000, fuzzing::timestamps, &|count| {
        [b"ID3\x03\0\0\x7f\x7f\x7f\x7f".to_vec(), b"PRIV\0\0\0\0\0\0".repeat(count)].concat()
    });
    check("boxes", 10_000, fuzzing::packed_audio, &|count| b"\0\0\0\x08styp".repeat(count));
    check("descriptors", 5_000, fuzzing::packed_audio, &|count| b"\0\0\0\x08stypesds".repeat(count));
    check("frames", 10_000, fuzzing::packed_audio, &|count| b"\xff\xf1\x50\x80\0\xff\xfc".repeat(count));
}
