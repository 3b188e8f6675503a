//! Elements of EBML (RFC 8794), as Matroska and WebM are made of. Reads hostile bytes: every size in them may lie.

/// What introduces a file.
pub(super) const EBML: u32 = 0x1A45_DFA3;
/// Everything else of it (RFC 9559 section 5.1).
pub(super) const SEGMENT: u32 = 0x1853_8067;
pub(super) const INFO: u32 = 0x1549_A966;
pub(super) const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
pub(super) const TRACKS: u32 = 0x1654_AE6B;
pub(super) const CLUSTER: u32 = 0x1F43_B675;
pub(super) const TIMESTAMP: u32 = 0xE7;
pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
pub(super) const BLOCK_GROUP: u32 = 0xA0;
pub(super) const BLOCK: u32 = 0xA1;
pub(super) const DISCARD_PADDING: u32 = 0x75A2;

/// The longest head of an element: four bytes of name and eight of size.
pub(super) const MOST_HEAD: u64 = 12;

/// The head of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: u32,
    /// Length of the head itself in bytes.
    pub(super) length: usize,
    /// Length of the content; `None` when it is not known.
    pub(super) size: Option<u64>,
}

/// Reads the head that `bytes` begin with; `None` for nonsense.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    let id_length = width(*bytes.first()?).filter(|&width| width <= 4)?;
    let id = bytes.get(..id_length)?.iter().fold(0, |id, &byte| id << 8 | u32::from(byte));
    let (size, size_length) = variable(bytes.get(id_length..)?)?;
    Some(Head { id, length: id_length + size_length, size })
}

/// A number of variable length and the bytes it takes; all ones stand for a size that is not known.
pub(super) fn variable(bytes: &[u8]) -> Option<(Option<u64>, usize)> {
    let width = width(*bytes.first()?)?;
    let written = bytes.get(..width)?.iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let ones = (1 << (7 * width)) - 1;
    let number = written & ones;
    Some(((number != ones).then_some(number), width))
}

fn width(first: u8) -> Option<usize> {
    let width = first.leading_zeros() as usize + 1;
    (width <= 8).then_some(width)
}

/// The elements that lie one behind the other in `bytes`; one that is not whole ends the row.
pub(super) fn elements(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let head = head(rest)?;
        let end = head.length.checked_add(usize::try_from(head.size?).ok()?)?;
        let content = rest.get(head.length..end)?;
        rest = rest.get(end..)?;
        Some((head.id, content))
    })
}

pub(super) fn unsigned(content: &[u8]) -> Option<u64> {
    (content.len() <= 8).then(|| content.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// With the sign of its first bit.
pub(super) fn signed(content: &[u8]) -> Option<i64> {
    let number = unsigned(content)?;
    let unused = 64 - 8 * u32::try_from(content.len()).ok()?;
    Some(if unused == 64 { 0 } else { (number << unused).cast_signed() >> unused })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_numbers() {
        // RFC 8794 sections 4.4 and 6.1.
        assert_eq!(variable(&[0x81]), Some((Some(1), 1)));
        assert_eq!(variable(&[0x40, 0x02]), Some((Some(2), 2)));
        assert_eq!(variable(&[0x10, 0, 0, 2]), Some((Some(2), 4)));
        assert_eq!(variable(&[0xFF]), Some((None, 1)));
        assert_eq!(variable(&[0x01, 255, 255, 255, 255, 255, 255, 255]), Some((None, 8)));
        assert_eq!((variable(&[0]), variable(&[0x40]), variable(&[])), (None, None, None));
        let cluster = [0x1F, 0x43, 0xB6, 0x75, 0x42, 0x00];
        assert_eq!(head(&cluster), Some(Head { id: CLUSTER, length: 6, size: Some(512) }));
        assert_eq!(head(&[0x08, 1, 2, 3, 4]), None, "no name is so long");
        assert_eq!((signed(&[0xFF]), signed(&[0x00, 0xFF]), signed(&[])), (Some(-1), Some(255), Some(0)));
        assert_eq!((signed(&[0x80, 0, 0, 0, 0, 0, 0, 0]), signed(&[0; 9])), (Some(i64::MIN), None));
        let two = [0xE7, 0x81, 7, 0xA3, 0x82, 1, 2, 0xA3, 0x85, 1];
        let all: Vec<_> = elements(&two).collect();
        assert_eq!(all, [(TIMESTAMP, &[7][..]), (SIMPLE_BLOCK, &[1, 2][..])]);
    }
}
