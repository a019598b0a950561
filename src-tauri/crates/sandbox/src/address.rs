//! The addresses of the sandbox's files.

use uuid::Uuid;

/// The id in the address of one of the sandbox's files. The port is not compared: it may have been
/// different when the address was issued.
pub(crate) fn file_id(url: &str, folder: &str) -> Option<Uuid> {
    let url = url::Url::parse(url).ok()?;
    if url.scheme() != "http" || url.host_str() != Some("127.0.0.1") {
        return None;
    }
    let file = url.path().strip_prefix("/files/")?.strip_prefix(folder)?;
    named_id(file.strip_prefix('/')?)
}

/// The id in `ID.extension`.
pub(crate) fn named_id(file: &str) -> Option<Uuid> {
    Uuid::parse_str(file.split_once('.').map_or(file, |(id, _)| id)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sandboxs_own_addresses_lead_to_a_file() {
        let id = "5a4db0c5-0000-4000-8000-000000000001";
        let found = |url: &str| file_id(url, "uploads").map(|id| id.to_string());
        assert_eq!(
            found(&format!("http://127.0.0.1:4000/files/uploads/{id}.png")).as_deref(),
            Some(id)
        );
        for other in [
            format!("https://127.0.0.1/files/uploads/{id}.png"),
            format!("http://192.168.0.1/files/uploads/{id}.png"),
            format!("http://127.0.0.1/files/results/{id}.mp4"),
            "http://127.0.0.1/files/uploads/..".to_owned(),
            id.to_owned(),
        ] {
            assert_eq!(found(&other), None, "{other}");
        }
    }
}
