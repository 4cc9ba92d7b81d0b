use std::io::Read;
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};
use line_index::{LineIndex, TextSize, WideEncoding};

/// The largest file that is read, in bytes. The largest real template of the corpora is below 5 MiB; a file beyond
/// this is data that only looks like code, and is reported instead of read.
pub const MAX_FILE_SIZE: u64 = 32 * 1024 * 1024;

/// Why a file's text could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused: permissions, vanished, a loop of symbolic links.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are neither UTF-8 nor UTF-16 with a byte order mark.
    #[error("is neither UTF-8 nor UTF-16: byte {offset} is 0x{byte:02x}. Save it as UTF-8")]
    Encoding {
        /// Offset of the first wrong byte.
        offset: usize,
        /// That byte.
        byte: u8,
    },
    /// Larger than [`MAX_FILE_SIZE`].
    #[error("has {size} bytes; files of more than {MAX_FILE_SIZE} bytes are not read")]
    TooLarge {
        /// Size in bytes.
        size: u64,
    },
    /// A named pipe, socket or device: reading it could wait for ever.
    #[error("is not a regular file (a pipe, a socket or a device)")]
    NotAFile,
}

/// How a file's bytes were decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without byte order mark.
    Utf8,
    /// UTF-8 with byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, with byte order mark.
    Utf16Le,
    /// UTF-16, big endian, with byte order mark.
    Utf16Be,
}

/// A 1-based line and column; columns count UTF-16 code units, as SARIF and the Language Server Protocol do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
}

/// One file: its path as reported, its text without byte order mark, and its lines.
pub struct SourceFile {
    path: Utf8PathBuf,
    text: Arc<str>,
    encoding: Encoding,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file from text in memory.
    pub fn from_text(path: impl Into<Utf8PathBuf>, text: impl Into<Arc<str>>) -> Self {
        SourceFile { path: path.into(), text: text.into(), encoding: Encoding::Utf8, lines: OnceLock::new() }
    }

    /// Reads and decodes the file at `path`.
    ///
    /// # Errors
    /// See [`ReadError`]; nothing but a regular file is opened.
    pub fn read(path: &Utf8Path) -> Result<Self, ReadError> {
        let meta = std::fs::metadata(path)?;
        if !meta.is_file() {
            return Err(ReadError::NotAFile);
        }
        if meta.len() > MAX_FILE_SIZE {
            return Err(ReadError::TooLarge { size: meta.len() });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
        // The file may have grown since: never take more than the limit.
        std::fs::File::open(path)?.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE_SIZE {
            return Err(ReadError::TooLarge { size: bytes.len() as u64 });
        }
        let (text, encoding) = decode(bytes)?;
        Ok(SourceFile { path: path.to_owned(), text: text.into(), encoding, lines: OnceLock::new() })
    }

    /// The path as reported: relative to the current directory where the user gave it so, with `/`.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The decoded text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How the bytes were decoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Line and column of a byte offset; an offset past the end, or inside a character, is moved back to a place that exists.
    pub fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let lines = self.lines.get_or_init(|| LineIndex::new(&self.text));
        let at = lines.line_col(TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX)));
        let column = lines.to_wide(WideEncoding::Utf16, at).map_or(at.col, |wide| wide.col);
        Position { line: at.line + 1, column: column + 1 }
    }

    /// The byte range of a 1-based line, without its line end; `None` past the last line.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let lines = self.lines.get_or_init(|| LineIndex::new(&self.text));
        let range = lines.line(line.checked_sub(1)?)?;
        let (start, mut end) = (usize::from(range.start()), usize::from(range.end()));
        let bytes = self.text.as_bytes();
        while end > start && matches!(bytes.get(end - 1), Some(b'\n' | b'\r')) {
            end -= 1;
        }
        Some(start..end)
    }

    /// The text of a byte range; empty where the range is not in the text.
    pub fn slice(&self, range: std::ops::Range<usize>) -> &str {
        self.text.get(range).unwrap_or("")
    }
}

impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceFile({}, {} bytes)", self.path, self.text.len())
    }
}

/// Decodes a file's bytes: UTF-8 with or without byte order mark, or UTF-16 with one.
///
/// # Errors
/// [`ReadError::Encoding`] with the first byte that fits neither.
pub fn decode(bytes: Vec<u8>) -> Result<(String, Encoding), ReadError> {
    match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Ok((utf8(rest.to_vec(), 3)?, Encoding::Utf8Bom)),
        [0xFF, 0xFE, rest @ ..] => Ok((utf16(rest, u16::from_le_bytes)?, Encoding::Utf16Le)),
        [0xFE, 0xFF, rest @ ..] => Ok((utf16(rest, u16::from_be_bytes)?, Encoding::Utf16Be)),
        _ => Ok((utf8(bytes, 0)?, Encoding::Utf8)),
    }
}

fn utf8(bytes: Vec<u8>, before: usize) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(offset).copied().unwrap_or_default();
        ReadError::Encoding { offset: offset + before, byte }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let wrong = |offset: usize| ReadError::Encoding {
        offset: offset + 2,
        byte: bytes.get(offset).copied().unwrap_or_default(),
    };
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong(bytes.len() - 1));
    }
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let mut text = String::with_capacity(units.len());
    let mut offset = 0;
    for decoded in char::decode_utf16(units) {
        let character = decoded.map_err(|_| wrong(offset))?;
        offset += 2 * character.len_utf16();
        text.push(character);
    }
    Ok(text)
}
