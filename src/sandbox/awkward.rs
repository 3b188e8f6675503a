//! Titles, artists and albums that give programs trouble. They are sent as they stand here.

/// Title, artist, album; `None` where the service has nothing.
pub(super) type Row = (Option<&'static str>, Option<&'static str>, Option<&'static str>);

/// Words of which one title is made by repeating them.
pub(super) const LONG: &str = "A Very Long Title That Goes On and On ";

/// How often [`LONG`] is repeated for the title that is too long: some 9,500 characters.
pub(super) const LONG_TIMES: usize = 250;

/// Rows in the order in which they are strewn over the catalogue.
pub(super) const ROWS: &[Row] = &[
    // Scripts
    (Some("夜行列車と海の見える駅で待っている人"), Some("紙の舟"), Some("硝子の季節")),
    (Some("ﾊﾝｶｸｶﾀｶﾅ ＦＵＬＬＷＩＤＴＨ"), Some("전각 밴드"), Some("밤의 노래")),
    (Some("ليل على الميناء"), Some("فرقة المد"), Some("أمواج")),
    (Some("שירי ים (Live) 2024"), Some("להקת החוף"), None),
    (Some("नदी का गीत"), Some("สายน้ำ"), Some("கடல்")),
    (Some("Đêm trên bến cảng"), Some("Nguye\u{302}\u{303}n"), Some("I\u{307}stanbul")),
    (Some("﷽ ﷽ ﷽"), Some("Wide One"), Some("One Cell or Twelve")),
    // Emoji
    (Some("👨‍👩‍👧‍👦 at the 🏖️"), Some("🎷🐢"), Some("❤️‍🔥")),
    (Some("🇯🇵🇫🇷🇧🇷 4️⃣ 👍🏽"), Some("Flags & Thumbs"), None),
    (Some("☺ ☺\u{fe0f} ☺\u{fe0e}"), Some("Text or Picture"), Some("Variation Selectors")),
    // Marks and invisible characters
    (
        Some(
            "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}\u{30d}\u{30e}\u{30f}alg\u{310}\u{311}\u{312}\u{313}\u{314}o",
        ),
        Some("Stacked"),
        None,
    ),
    (Some("\u{301}starts with a mark"), Some("\u{200d}\u{200d}"), Some("\u{feff}Byte Order")),
    (Some("zero\u{200b}width\u{2060}inside"), Some("soft\u{ad}hyphen"), Some("no\u{a0}break")),
    (Some("abc\u{202e}3pm.exe"), Some("\u{2066}isolated\u{2069}"), Some("\u{200f}marked")),
    (Some("tags\u{e0041}\u{e0042}\u{e007f}"), Some("Private \u{e000} Use"), None),
    (Some("one\u{2028}two\u{2029}three"), Some("Separators"), None),
    // Controls and escape sequences
    (Some("\u{1b}[31mRed\u{1b}[0m Alert"), Some("\u{1b}[2J\u{1b}[H"), Some("Cleared")),
    (
        Some("\u{1b}]0;owned\u{7}Title"),
        Some("\u{1b}]8;;http://example.invalid\u{1b}\\link\u{1b}]8;;\u{1b}\\"),
        None,
    ),
    (Some("\u{9b}31mC1\u{9c}"), Some("bell\u{7}\u{8}\u{8}\u{8}"), Some("\u{7f}delete")),
    (Some("line\r\nbreak\ttab"), Some("form\u{c}feed"), Some("nul\u{0}inside")),
    (Some("\u{1b}P+q544e\u{1b}\\ \u{1b}_Gf=100;AAAA\u{1b}\\"), Some("Device Control"), None),
    // Nothing there
    (None, Some("Without a Title"), Some("Untitled")),
    (Some(""), Some(""), Some("")),
    (Some("   "), Some("\t"), None),
    (Some("Nobody Made This"), None, None),
    (None, None, None),
    // Looks like something else
    (Some("../../../etc/passwd"), Some("C:\\Windows\\System32"), Some("CON")),
    (Some("AC/DC: \"Live\" <1/2>|?*"), Some("nul.txt"), Some("trailing dot.")),
    (Some("-rf --help"), Some("$(reboot) `id`"), Some("; DROP TABLE tracks; --")),
    (Some("&lt;b&gt;Bold&lt;/b&gt; &amp; <script>alert(1)</script>"), Some("Tom &amp; Co"), None),
    (Some("100%25 %2F%00 %s %n {0} {{x}}"), Some("Format"), Some("\\u0041\\n")),
    (Some("1999"), Some("4711"), Some("0")),
    (Some("true"), Some("null"), Some("false")),
    (Some("4′33″"), Some("J.\u{a0}Silent"), Some("…")),
    (
        Some("[brackets] (feat. Ada Cole) - Remix - Remaster 2026"),
        Some("Ada Cole & 紙の舟, Low Meridian"),
        None,
    ),
    (Some("STRASSE straße ΣΊΣΥΦΟΣ σίσυφος"), Some("Case Folding"), Some("Ǆ ǅ ǆ")),
];
