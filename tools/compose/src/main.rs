//! Composes and synthesises the demo music.
//!
//! `compose OUTDIR` writes, for each piece, `SLUG.wav` and `SLUG.ppm`, and a table of
//! all pieces in `pieces.tsv`. `compose pack STREAM.aac OUTDIR SECONDS` cuts an AAC stream
//! into packed-audio segments with their playlist. The same program always writes the
//! same bytes.

#![forbid(unsafe_code)]

mod canvas;
mod covers;
mod instruments;
mod mix;
mod packed;
mod pieces;
mod rng;
mod score;
mod space;
mod synth;
mod theory;
mod wav;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["pack", stream, folder, target] => pack(stream, folder, target),
        [folder] if !folder.starts_with('-') => compose(Path::new(folder)),
        _ => Err("usage: compose OUTDIR | compose pack STREAM.aac OUTDIR SECONDS".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compose: {error}");
            ExitCode::FAILURE
        }
    }
}

fn pack(stream: &str, folder: &str, target: &str) -> Result<(), Box<dyn Error>> {
    packed::segment(Path::new(stream), Path::new(folder), target.parse()?)?;
    Ok(())
}

fn compose(folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut table = String::new();
    for piece in &pieces::ALL {
        let sound = (piece.compose)(piece).map_err(|error| format!("{}: {error}", piece.slug))?;
        wav::write(&folder.join(format!("{}.wav", piece.slug)), &sound)?;
        let mut cover = canvas::Canvas::new();
        (piece.paint)(&mut cover);
        cover.save(&folder.join(format!("{}.ppm", piece.slug)))?;
        table.push_str(&row(piece));
        println!("{}", piece.slug);
    }
    fs::write(folder.join("pieces.tsv"), table)?;
    Ok(())
}

/// One line of the table, in the order `make.sh` reads it.
fn row(piece: &pieces::Piece) -> String {
    let columns = [
        piece.slug,
        piece.title,
        piece.artist,
        piece.album,
        &piece.track.to_string(),
        piece.genre,
        piece.mood,
        &piece.bpm.to_string(),
        piece.key,
        piece.isrc,
        &piece.frames.to_string(),
    ];
    columns.join("\t") + "\n"
}
