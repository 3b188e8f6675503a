//! What two changes of one list cost, in words.

use super::text::CleanText;

/// Most rows that are named.
const MAX_NAMED: usize = 3;

/// "; A, B and C were changed here and had been taken out there"; nothing where nothing was lost.
pub fn lost_words(lost: &[CleanText]) -> String {
    let named: Vec<&str> = lost.iter().take(MAX_NAMED).map(CleanText::as_str).collect();
    let others = lost.len().saturating_sub(MAX_NAMED);
    let names = match (named.as_slice(), others) {
        ([], _) => return String::new(),
        ([one], _) => return format!("; {one} was changed here and had been taken out there"),
        ([before @ .., last], 0) => format!("{} and {last}", before.join(", ")),
        (all, 1) => format!("{} and 1 other", all.join(", ")),
        (all, others) => format!("{} and {others} others", all.join(", ")),
    };
    format!("; {names} were changed here and had been taken out there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_three_are_named() {
        let check = |lost: &[&str], expected: &str| {
            let lost: Vec<CleanText> = lost.iter().copied().map(CleanText::new).collect();
            assert_eq!(lost_words(&lost).split(" changed").next(), Some(expected));
        };
        check(&[], "");
        check(&["a"], "; a was");
        check(&["a", "b"], "; a and b were");
        check(&["a", "b", "c"], "; a, b and c were");
        check(&["a", "b", "c", "d"], "; a, b, c and 1 other were");
        check(&["a", "b", "c", "d", "e"], "; a, b, c and 2 others were");
    }
}
