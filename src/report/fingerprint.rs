use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

/// How many units of the text, from a line's start, go into its hash.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
const END: u16 = 0xFFFF;

/// GitHub's `primaryLocationLineHash` for every line of a file, as its upload action computes it.
///
/// From the start of each line the next 100 UTF-16 units, without blanks and tabs, line ends as LF, `0xFFFF` once at the end of the file and
/// zeros after it: `sum(u[i] * 37^(99-i)) mod 2^64` in hex, then `:` and the how-manieth line of the file with that hash.
/// Source: github/codeql-action, `src/fingerprints.ts`.
pub(super) fn line_hashes(text: &str) -> Vec<String> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut starts = Vec::new();
    let mut fresh = true;
    let normalized = text.replace("\r\n", "\n").replace('\r', "\n");
    for unit in normalized.encode_utf16().chain([END]) {
        if unit == u16::from(b' ') || unit == u16::from(b'\t') {
            continue;
        }
        if fresh {
            starts.push(units.len());
            fresh = false;
        }
        fresh |= unit == u16::from(b'\n');
        units.push(unit);
    }
    let at = |index: usize| units.get(index).copied().map_or(0, u64::from);
    let top = (0..BLOCK - 1).fold(1u64, |power, _| power.wrapping_mul(FACTOR));
    let mut seen: FxHashMap<u64, usize> = FxHashMap::default();
    let mut hashes = Vec::with_capacity(starts.len());
    let mut window = (0..BLOCK).fold(0u64, |hash, index| hash.wrapping_mul(FACTOR).wrapping_add(at(index)));
    let mut begin = 0;
    for start in starts {
        while begin < start {
            // One rolling window over the file: the first unit goes, the next comes.
            window = window
                .wrapping_sub(at(begin).wrapping_mul(top))
                .wrapping_mul(FACTOR)
                .wrapping_add(at(begin + BLOCK));
            begin += 1;
        }
        let count = seen.entry(window).or_default();
        *count += 1;
        hashes.push(format!("{window:x}:{count}"));
    }
    hashes
}

/// leftward's own fingerprint: the same while the rule, the resource, the property and the value stay, wherever the lines move.
pub(super) fn fingerprint(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("leftward/v1:{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_hashes_follow_the_public_vectors() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(line_hashes(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"), expected);
        let lorem = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lorem[5], "a7f2ff13bc495cf2:6");
        assert_eq!(lorem[7], "a9cf91f7bbf1862b:1");
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
