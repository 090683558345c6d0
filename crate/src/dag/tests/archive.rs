//! A share as one archive.

use super::*;

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
    let (fetch, reader, _) = opened(&store, writer).await;
    let contents = Contents::Sealed(reader);
    let mut pieces = zip::archive(contents.files(), |_| 0);
    fetch.take();
    assert!(pieces.try_next().await.unwrap().is_some());
    assert_eq!(fetch.take(), [], "nothing is fetched before it is needed");
    drop(pieces);
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
