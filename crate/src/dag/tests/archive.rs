//! A share as one archive.

use super::*;
use crate::format::RAW;

#[tokio::test]
async fn an_archive_of_a_share_is_read_by_another_library() {
    let store = store().await;
    let sources = [Pattern::new(2 * CHUNK + 5), Pattern::new(0), Pattern::new(70)];
    let chunks = write_all(&store, &sources.each_ref()).await;
    let mut writer = writer();
    let paths = ["a/film.mp4", "b/empty", "b/note.txt"];
    for ((path, source), chunks) in paths.into_iter().zip(&sources).zip(chunks) {
        writer.push(new_file(path, source.size, chunks)).unwrap();
    }
    let (_, reader, _) = opened(&store, writer).await;
    let contents = Contents::Sealed(reader);
    let pieces: Vec<_> = zip::archive(contents.files(), |_| 0).try_collect().await.unwrap();
    let bytes = pieces.concat();
    let known = paths.into_iter().zip(&sources).map(|(path, source)| (path, source.size, Some(1)));
    assert_eq!(bytes.len() as u64, zip::length(known));
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for (path, source) in paths.into_iter().zip(&sources) {
        let mut contents = Vec::new();
        std::io::Read::read_to_end(&mut archive.by_name(path).unwrap(), &mut contents).unwrap();
        assert!(contents == Pattern::bytes(0..source.size));
    }
}

#[tokio::test]
async fn small_files_are_fetched_together_and_a_long_one_when_it_is_its_turn() {
    let store = store().await;
    let (note, film) = (Pattern::new(70), Pattern::new(2 * CHUNK));
    let chunks = write_all(&store, &[&note, &film]).await;
    for notes in [5, 100] {
        let mut writer = writer();
        for number in 100..100 + notes {
            writer.push(new_file(&format!("a note {number}"), note.size, chunks[0].clone())).unwrap();
        }
        writer.push(new_file("b film", film.size, chunks[1].clone())).unwrap();
        let (fetch, reader, _) = opened(&store, writer).await;
        let mut pieces = zip::archive(Contents::Sealed(reader).files(), |_| 0);
        fetch.take();
        pieces.try_next().await.unwrap().expect("the header of a note");
        let asked: Vec<_> = fetch.take().into_iter().filter(|cid| cid.codec() == RAW).collect();
        assert_eq!(asked, vec![chunks[0][0].cid; notes.min(contents::SMALL_AT_ONCE)]);
    }
}
