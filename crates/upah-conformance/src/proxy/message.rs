//! Where an HTTP/1.1 message ends: as much of the protocol as a proxy needs that passes bytes on.
//! RFC 9112 section 6.3, without trailers and upgrades.
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEADERS_MAX: usize = 100;
const BYTES_MAX: usize = 8 << 20;

/// A whole message, byte for byte.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    pub(super) raw: Vec<u8>,
    /// Where its body begins.
    pub(super) body_at: usize,
    chunked: bool,
}

/// How a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    After(usize),
    WithTheLastChunk,
    WithTheConnection,
}

/// Reads one request; `None` when the connection ended between two. What came after it stays in
/// `unread`.
pub(super) async fn read_request(stream: &mut TcpStream, unread: &mut Vec<u8>) -> io::Result<Option<Incoming>> {
    let mut answered_100 = false;
    loop {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(body_at) = request.parse(unread).map_err(broken)? {
            let ends = ends(request.headers, Ends::After(0))?;
            let expects = request.headers.iter().any(|header| header.name.eq_ignore_ascii_case("expect"));
            if let Some(end) = end_of(unread, body_at, ends)? {
                let rest = unread.split_off(end);
                let raw = std::mem::replace(unread, rest);
                return Ok(Some(Incoming { raw, body_at, chunked: ends == Ends::WithTheLastChunk }));
            }
            if expects && !answered_100 {
                answered_100 = true;
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            }
        }
        if read_more(stream, unread).await? == 0 {
            return if unread.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
    }
}

/// Reads the one response of a connection.
pub(super) async fn read_response(stream: &mut TcpStream) -> io::Result<Incoming> {
    let (mut bytes, mut ended) = (Vec::new(), false);
    loop {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        if let httparse::Status::Complete(body_at) = response.parse(&bytes).map_err(broken)? {
            let ends = match response.code {
                Some(204 | 304) => Ends::After(0),
                _ => ends(response.headers, Ends::WithTheConnection)?,
            };
            let end = end_of(&bytes, body_at, ends)?
                .or_else(|| (ended && ends == Ends::WithTheConnection).then_some(bytes.len()));
            if let Some(end) = end {
                bytes.truncate(end);
                return Ok(Incoming { raw: bytes, body_at, chunked: ends == Ends::WithTheLastChunk });
            }
        }
        if ended {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        ended = read_more(stream, &mut bytes).await? == 0;
    }
}

async fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    if bytes.len() > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is longer than the proxy holds"));
    }
    stream.read_buf(bytes).await
}

fn broken(error: httparse::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn ends(headers: &[httparse::Header<'_>], otherwise: Ends) -> io::Result<Ends> {
    let value = |name: &str| {
        let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok().map(str::trim)
    };
    if value("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().ends_with("chunked")) {
        return Ok(Ends::WithTheLastChunk);
    }
    let Some(length) = value("content-length") else { return Ok(otherwise) };
    let length = length.parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a length is not a number"))?;
    Ok(Ends::After(length))
}

/// Where the message ends, once all of it is there.
fn end_of(bytes: &[u8], body_at: usize, ends: Ends) -> io::Result<Option<usize>> {
    match ends {
        Ends::After(length) => Ok(body_at.checked_add(length).filter(|end| *end <= bytes.len())),
        Ends::WithTheLastChunk => Ok(chunks(bytes, body_at)?.map(|(_, end)| end)),
        Ends::WithTheConnection => Ok(None),
    }
}

/// The content of a chunked body and where it ends, once all of it is there.
fn chunks(bytes: &[u8], body_at: usize) -> io::Result<Option<(Vec<u8>, usize)>> {
    let (mut at, mut content) = (body_at, Vec::new());
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a chunk is not one");
        let httparse::Status::Complete((head, length)) = httparse::parse_chunk_size(rest).map_err(|_| wrong())? else {
            return Ok(None);
        };
        let length = usize::try_from(length).map_err(|_| wrong())?;
        let end = at.checked_add(head).and_then(|at| at.checked_add(length)).ok_or_else(wrong)?;
        // Behind every chunk, and behind the headers that may follow the last one, stands an empty line.
        let Some(chunk) = bytes.get(at + head..end).filter(|_| bytes.len() >= end + 2) else { return Ok(None) };
        content.extend_from_slice(chunk);
        at = end + 2;
        if length == 0 {
            return Ok(Some((content, at)));
        }
    }
}

impl Incoming {
    /// Status line and headers without those of the length, and the content of the body.
    pub(super) fn open(&self) -> (String, Vec<u8>) {
        let head = String::from_utf8_lossy(&self.raw[..self.body_at]).into_owned();
        let is_of_length = |line: &str| {
            let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
            name == "content-length" || name == "transfer-encoding"
        };
        let kept: Vec<&str> = head.lines().filter(|line| !line.is_empty() && !is_of_length(line)).collect();
        let body = match chunks(&self.raw, self.body_at) {
            Ok(Some((content, _))) if self.chunked => content,
            _ => self.raw[self.body_at..].to_vec(),
        };
        (kept.join("\r\n") + "\r\n", body)
    }
}
