//! The names of time zones that the text of a `Date` ends with. The engine's locale data has none; the system knows each zone
//! by an abbreviation, which with its offset mostly says which name is meant.
//!
//! <https://tc39.es/ecma262/#sec-timezoneestring> leaves the form to the implementation.

/// Abbreviation, minutes ahead of UTC, the name in the Unicode CLDR.
const NAMES: &[(&str, i32, &str)] = &[
    ("ACDT", 630, "Australian Central Daylight Time"),
    ("ACST", 570, "Australian Central Standard Time"),
    ("ADT", -180, "Atlantic Daylight Time"),
    ("AEDT", 660, "Australian Eastern Daylight Time"),
    ("AEST", 600, "Australian Eastern Standard Time"),
    ("AKDT", -480, "Alaska Daylight Time"),
    ("AKST", -540, "Alaska Standard Time"),
    ("AST", -240, "Atlantic Standard Time"),
    ("AWST", 480, "Australian Western Standard Time"),
    ("BST", 60, "British Summer Time"),
    ("CAT", 120, "Central Africa Time"),
    ("CDT", -300, "Central Daylight Time"),
    ("CDT", -240, "Cuba Daylight Time"),
    ("CEST", 120, "Central European Summer Time"),
    ("CET", 60, "Central European Standard Time"),
    ("CST", -360, "Central Standard Time"),
    ("CST", -300, "Cuba Standard Time"),
    ("CST", 480, "China Standard Time"),
    ("ChST", 600, "Chamorro Standard Time"),
    ("EAT", 180, "East Africa Time"),
    ("EDT", -240, "Eastern Daylight Time"),
    ("EEST", 180, "Eastern European Summer Time"),
    ("EET", 120, "Eastern European Standard Time"),
    ("EST", -300, "Eastern Standard Time"),
    ("GMT", 0, "Greenwich Mean Time"),
    ("HDT", -540, "Hawaii-Aleutian Daylight Time"),
    ("HKT", 480, "Hong Kong Standard Time"),
    ("HST", -600, "Hawaii-Aleutian Standard Time"),
    ("IDT", 180, "Israel Daylight Time"),
    ("IST", 60, "Irish Standard Time"),
    ("IST", 120, "Israel Standard Time"),
    ("IST", 330, "India Standard Time"),
    ("JST", 540, "Japan Standard Time"),
    ("KST", 540, "Korean Standard Time"),
    ("MDT", -360, "Mountain Daylight Time"),
    ("MSK", 180, "Moscow Standard Time"),
    ("MST", -420, "Mountain Standard Time"),
    ("NDT", -150, "Newfoundland Daylight Time"),
    ("NST", -210, "Newfoundland Standard Time"),
    ("NZDT", 780, "New Zealand Daylight Time"),
    ("NZST", 720, "New Zealand Standard Time"),
    ("PDT", -420, "Pacific Daylight Time"),
    ("PKT", 300, "Pakistan Standard Time"),
    ("PST", -480, "Pacific Standard Time"),
    ("PST", 480, "Philippine Standard Time"),
    ("SAST", 120, "South Africa Standard Time"),
    ("SST", -660, "American Samoa Standard Time"),
    ("UTC", 0, "Coordinated Universal Time"),
    ("WAT", 60, "West Africa Time"),
    ("WEST", 60, "Western European Summer Time"),
    ("WET", 0, "Western European Standard Time"),
    ("WIB", 420, "Western Indonesia Time"),
    ("WIT", 540, "Eastern Indonesia Time"),
    ("WITA", 480, "Central Indonesia Time"),
];

/// The name of a zone; where there is none, its offset.
pub fn name_of(abbreviation: &str, offset_seconds: i32) -> String {
    let minutes = offset_seconds.div_euclid(60);
    let known = NAMES
        .iter()
        .find(|(short, offset, _)| *short == abbreviation && *offset == minutes);
    match known {
        Some((_, _, name)) => (*name).to_owned(),
        None => {
            let sign = if minutes < 0 { '-' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("GMT{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn names_follow_from_abbreviation_and_offset() {
        for (abbreviation, seconds, name) in [
            ("UTC", 0, "Coordinated Universal Time"),
            ("CST", -21_600, "Central Standard Time"),
            ("CST", 28_800, "China Standard Time"),
            ("-03", -10_800, "GMT-03:00"),
            ("+0545", 20_700, "GMT+05:45"),
        ] {
            assert_eq!(name_of(abbreviation, seconds), name);
        }
    }
}
