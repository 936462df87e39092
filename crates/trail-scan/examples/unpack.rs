//! Unpacks every gzip file under a folder, and does nothing else: the limit that `bench/trail.py` measures `trail scan` by.
//! `unpack FOLDER THREADS` prints the number of files and of bytes.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use libdeflater::Decompressor;
use trail_scan::{Filter, Walked, walk};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let threads: usize = arguments
        .next()
        .ok_or("how many threads?")?
        .to_string_lossy()
        .parse()?;
    let files = Mutex::new(walk(vec![folder], &Filter::default()));
    let next = || {
        let mut files = files.lock().map_err(|_| "a thread panicked")?;
        Ok(files.find_map(|walked| match walked {
            Walked::File(path) => Some(path),
            Walked::LeftOut | Walked::Barred(..) => None,
        }))
    };
    let totals = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| unpack(&next))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a thread panicked")?)
            .collect::<Result<Vec<(u64, u64)>, Box<dyn std::error::Error + Send + Sync>>>()
    })?;
    let (files, bytes) = totals
        .into_iter()
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    writeln!(std::io::stdout(), "{files} {bytes}")?;
    Ok(())
}

type Next<'n> = dyn Fn() -> Result<Option<PathBuf>, &'static str> + Sync + 'n;

fn unpack(next: &Next<'_>) -> Result<(u64, u64), Box<dyn std::error::Error + Send + Sync>> {
    let (mut inflate, mut packed, mut text) = (Decompressor::new(), Vec::new(), Vec::new());
    let (mut files, mut bytes) = (0, 0);
    while let Some(path) = next()? {
        packed.clear();
        std::io::Read::read_to_end(&mut std::fs::File::open(path)?, &mut packed)?;
        let size = packed.last_chunk::<4>().ok_or("not gzip")?;
        let size = usize::try_from(u32::from_le_bytes(*size))?;
        if text.len() < size {
            text.resize(size, 0);
        }
        let room = text.get_mut(..size).ok_or("no room")?;
        bytes += inflate.gzip_decompress(&packed, room)? as u64;
        files += 1;
    }
    Ok((files, bytes))
}
