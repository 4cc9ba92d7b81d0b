use super::*;

#[test]
fn columns_count_utf16_units() {
    let file = SourceFile::from_text("a.bicep", "x\nä😀b\r\n");
    assert_eq!(file.position(0), Position { line: 1, column: 1 });
    // ä has 2 bytes and 1 unit, 😀 4 bytes and 2 units
    assert_eq!(file.position(2 + 6), Position { line: 2, column: 4 });
    // inside a character: its start
    assert_eq!(file.position(2 + 3), Position { line: 2, column: 2 });
    assert_eq!(file.position(9999).line, 3);
    assert_eq!(file.line_range(2).map(|range| file.slice(range).to_owned()).as_deref(), Some("ä😀b"));
    assert_eq!(file.line_range(0), None);
}

#[test]
fn decodes_byte_order_marks_and_utf16() {
    assert_eq!(decode(b"\xEF\xBB\xBFa".to_vec()).unwrap(), ("a".to_owned(), Encoding::Utf8Bom));
    assert_eq!(decode(b"\xFF\xFEa\0=\xD8\0\xDE".to_vec()).unwrap(), ("a😀".to_owned(), Encoding::Utf16Le));
    assert_eq!(decode(b"\xFE\xFF\0a".to_vec()).unwrap(), ("a".to_owned(), Encoding::Utf16Be));
    assert!(matches!(decode(b"ab\xE4c".to_vec()), Err(ReadError::Encoding { offset: 2, byte: 0xE4 })));
    assert!(matches!(decode(b"\xFF\xFEa".to_vec()), Err(ReadError::Encoding { .. })));
}

#[test]
fn one_file_for_two_ways_to_it() {
    assert_eq!(normalize("a/./b/../c.bicep".into()), "a/c.bicep");
    assert_eq!(normalize("../x/..".into()), "..");
    assert_eq!(normalize("./".into()), ".");
    assert_eq!(normalize("/a/../../b".into()), "/b");
}

#[test]
fn spans_contain_and_join() {
    let sources = Sources::new();
    let (a, b) = (sources.add_text("a", "abc"), sources.add_text("b", "abc"));
    assert!(Span::new(a, 0, 3).contains(Span::new(a, 1, 2)));
    assert!(!Span::new(a, 0, 3).contains(Span::new(b, 1, 2)));
    assert_eq!(Span::new(a, 0, 1).to(Span::new(a, 2, 3)), Span::new(a, 0, 3));
    assert_eq!(sources.load("a".into()).unwrap(), a);
}
