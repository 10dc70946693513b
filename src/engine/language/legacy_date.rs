//! Reads dates as people write them: `Jan 1 2020 10:00 PST`, `2020/1/2`, `1 January 2020`. There is no standard for these
//! forms; what is read, and as what, is what V8 reads, which programs have come to rely on. Numbers are sorted by what
//! stands around them: before a colon they are of the time, after it too while they fit, else of the day.

/// The parts of a point in time, in ranges that exist; the month counts from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Fields {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub millisecond: i32,
}

/// What the fields are relative to.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Zone {
    /// The time zone of the machine.
    Local,
    /// So many seconds east of Greenwich.
    Offset(i32),
}

impl Fields {
    /// Milliseconds since 1970, taken as universal time.
    pub fn as_utc(&self) -> f64 {
        // Days by the civil calendar, counted from March of a year of 400-year cycles.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let from_march = i64::from((self.month + 9) % 12);
        let of_year = (153 * from_march + 2) / 5 + i64::from(self.day) - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60;
        let seconds = days * 86_400 + seconds + i64::from(self.second);
        seconds as f64 * 1000.0 + f64::from(self.millisecond)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number {
        value: i32,
        digits: usize,
    },
    Symbol(u8),
    Month(i32),
    AmPm(i32),
    /// Hours east of Greenwich, and whether it is the letter Z.
    Zone(i32, bool),
    /// The letter between date and time.
    T,
    Word,
    Space,
    Other,
    End,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const ZONES: [(&str, i32); 12] = [
    ("ut", 0),
    ("utc", 0),
    ("z", 0),
    ("gmt", 0),
    ("cdt", -5),
    ("cst", -6),
    ("edt", -4),
    ("est", -5),
    ("mdt", -6),
    ("mst", -7),
    ("pdt", -7),
    ("pst", -8),
];

fn word(text: &str) -> Token {
    let lower = text.to_lowercase();
    let start: String = lower.chars().take(3).collect();
    if let Some(month) = MONTHS.iter().position(|known| *known == start) {
        return Token::Month(month as i32 + 1);
    }
    match lower.as_str() {
        "am" => return Token::AmPm(0),
        "pm" => return Token::AmPm(12),
        "t" => return Token::T,
        _ => {}
    }
    match ZONES.iter().find(|(known, _)| *known == lower) {
        Some((name, hours)) => Token::Zone(*hours, *name == "z"),
        None => Token::Word,
    }
}

fn tokenize(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let run = |belongs: &dyn Fn(char) -> bool| {
            at + letters[at..].iter().take_while(|l| belongs(**l)).count()
        };
        if letter.is_ascii_digit() {
            let end = run(&|l| l.is_ascii_digit());
            let significant: String = letters[at..end]
                .iter()
                .skip_while(|l| **l == '0')
                .take(9)
                .collect();
            let value = significant.parse().unwrap_or(0);
            let digits = end - at;
            tokens.push(Token::Number { value, digits });
            at = end;
        } else if matches!(letter, ':' | '-' | '+' | '.' | ')') {
            tokens.push(Token::Symbol(letter as u8));
            at += 1;
        } else if letter.is_whitespace() || letter == '\u{feff}' {
            at = run(&|l| l.is_whitespace() || l == '\u{feff}');
            tokens.push(Token::Space);
        } else if letter >= 'A' {
            let end = run(&|l| l >= 'A' && !l.is_whitespace());
            let text: String = letters[at..end].iter().collect();
            tokens.push(word(&text));
            at = end;
        } else if letter == '(' {
            at = after_parentheses(&letters, at);
            tokens.push(Token::Other);
        } else {
            tokens.push(Token::Other);
            at += 1;
        }
    }
    tokens
}

/// A parenthesis, with those inside it, is a comment.
fn after_parentheses(letters: &[char], from: usize) -> usize {
    let mut depth = 0;
    for (index, letter) in letters.iter().enumerate().skip(from) {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    letters.len()
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    day: Vec<i32>,
    named_month: Option<i32>,
    iso: bool,
    time: Vec<i32>,
    /// 0 or 12, from AM and PM.
    half: Option<i32>,
    sign: Option<i32>,
    zone_hour: Option<i32>,
    zone_minute: Option<i32>,
}

/// The point in time that a text names, if it names one.
pub fn read(text: &str) -> Option<(Fields, Zone)> {
    let mut reader = Reader {
        tokens: tokenize(text),
        at: 0,
        day: Vec::new(),
        named_month: None,
        iso: false,
        time: Vec::new(),
        half: None,
        sign: None,
        zone_hour: None,
        zone_minute: None,
    };
    let first = reader.standard_form()?;
    reader.free_form(first)?;
    let (year, month, day) = reader.date()?;
    let (hour, minute, second, millisecond) = reader.time_of_day()?;
    let zone = reader.zone();
    let fields = Fields {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond,
    };
    Some((fields, zone))
}

impl Reader {
    fn peek(&self) -> Token {
        self.tokens.get(self.at).copied().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn skip(&mut self, symbol: u8) -> bool {
        let there = self.peek() == Token::Symbol(symbol);
        self.at += usize::from(there);
        there
    }

    /// Takes a number of exactly so many digits that is in a range.
    fn fixed(&mut self, wanted: usize, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        match self.peek() {
            Token::Number { value, digits } if digits == wanted && range.contains(&value) => {
                self.at += 1;
                Some(value)
            }
            _ => None,
        }
    }

    /// Reads the form of the standard as far as the text follows it. The first token that it leaves; `None` if the text
    /// began as a standard date with a time and isn't one.
    fn standard_form(&mut self) -> Option<Token> {
        if let Token::Symbol(sign @ (b'-' | b'+')) = self.peek() {
            let token = self.next();
            let negative = sign == b'-';
            match self.peek() {
                Token::Number { value, digits: 6 } => {
                    self.at += 1;
                    // There is no year -0.
                    if negative && value == 0 {
                        return Some(token);
                    }
                    self.day.push(if negative { -value } else { value });
                }
                _ => return Some(token),
            }
        } else if let Some(year) = self.fixed(4, 0..=9999) {
            self.day.push(year);
        } else {
            return Some(self.next());
        }
        if self.skip(b'-') {
            let Some(month) = self.fixed(2, 1..=12) else {
                return Some(self.next());
            };
            self.day.push(month);
            if self.skip(b'-') {
                let Some(day) = self.fixed(2, 1..=31) else {
                    return Some(self.next());
                };
                self.day.push(day);
            }
        }
        if self.peek() == Token::T {
            self.standard_time()?;
        } else if self.peek() != Token::End {
            return Some(self.next());
        }
        if self.zone_hour.is_none() && self.time.is_empty() {
            self.set_zone(0);
        }
        self.iso = true;
        Some(Token::End)
    }

    fn standard_time(&mut self) -> Option<()> {
        self.at += 1;
        let hour = self.fixed(2, 0..=24)?;
        let most = if hour == 24 { 0 } else { 59 };
        self.time.push(hour);
        if !self.skip(b':') {
            return None;
        }
        let minute = self.fixed(2, 0..=most)?;
        self.time.push(minute);
        if self.skip(b':') {
            let second = self.fixed(2, 0..=most)?;
            self.time.push(second);
            if self.skip(b'.') {
                let Token::Number { value, digits } = self.next() else {
                    return None;
                };
                if hour == 24 && value > 0 {
                    return None;
                }
                self.time.push(milliseconds(value, digits));
            }
        }
        match self.peek() {
            Token::Zone(_, true) => {
                self.at += 1;
                self.set_zone(0);
            }
            Token::Symbol(sign @ (b'+' | b'-')) => {
                self.at += 1;
                self.sign = Some(if sign == b'+' { 1 } else { -1 });
                if let Some(both) = self.fixed(4, 0..=2359) {
                    if both % 100 > 59 {
                        return None;
                    }
                    self.zone_hour = Some(both / 100);
                    self.zone_minute = Some(both % 100);
                } else {
                    self.zone_hour = Some(self.fixed(2, 0..=23)?);
                    if !self.skip(b':') {
                        return None;
                    }
                    self.zone_minute = Some(self.fixed(2, 0..=59)?);
                }
            }
            _ => {}
        }
        (self.peek() == Token::End).then_some(())
    }

    fn free_form(&mut self, first: Token) -> Option<()> {
        let mut number_seen = !self.day.is_empty();
        let mut token = first;
        while token != Token::End {
            match token {
                Token::Number { value, .. } => {
                    number_seen = true;
                    self.number(value)?;
                }
                Token::Symbol(sign @ (b'+' | b'-')) if self.is_utc() || !self.time.is_empty() => {
                    self.sign = Some(if sign == b'+' { 1 } else { -1 });
                    number_seen = true;
                    self.offset()?;
                }
                Token::Symbol(b'+' | b'-' | b')') if number_seen => return None,
                Token::AmPm(half) if !self.time.is_empty() => self.half = Some(half),
                Token::Month(month) => {
                    self.named_month = Some(month);
                    self.skip(b'-');
                }
                Token::Zone(hours, _) if number_seen => self.set_zone(hours),
                // Words before the first number mean nothing, but must not touch it.
                Token::AmPm(_) | Token::Zone(..) | Token::T | Token::Word
                    if number_seen || matches!(self.peek(), Token::Number { .. }) =>
                {
                    return None;
                }
                _ => {}
            }
            token = self.next();
        }
        Some(())
    }

    fn number(&mut self, value: i32) -> Option<()> {
        if self.skip(b':') {
            if self.skip(b':') {
                if !self.time.is_empty() {
                    return None;
                }
                self.time.extend([value, 0]);
            } else {
                self.add_time(value)?;
                self.skip(b'.');
            }
        } else if self.peek() == Token::Symbol(b'.') && {
            self.at += 1;
            self.time_expects(value)
        } {
            self.add_time(value)?;
            let Token::Number { value, digits } = self.next() else {
                return None;
            };
            self.finish_time(milliseconds(value, digits))?;
        } else if self.zone_hour.is_some()
            && self.zone_minute.is_none()
            && (0..=59).contains(&value)
        {
            self.zone_minute = Some(value);
        } else if self.time_expects(value) {
            self.finish_time(value)?;
            let fits = matches!(
                self.peek(),
                Token::End | Token::Space | Token::Zone(_, true) | Token::Symbol(b'+' | b'-')
            );
            if !fits {
                return None;
            }
        } else {
            if self.day.len() == 3 {
                return None;
            }
            self.day.push(value);
            self.skip(b'-');
        }
        Some(())
    }

    fn offset(&mut self) -> Option<()> {
        let (value, digits) = match self.peek() {
            Token::Number { value, digits } => {
                self.at += 1;
                (value, digits)
            }
            _ => (0, 0),
        };
        match digits {
            _ if self.peek() == Token::Symbol(b':') => {
                self.zone_hour = Some(value);
                self.zone_minute = None;
            }
            1 | 2 => {
                self.zone_hour = Some(value);
                self.zone_minute = Some(0);
            }
            3 | 4 => {
                self.zone_hour = Some(value / 100);
                self.zone_minute = Some(value % 100);
            }
            _ => return None,
        }
        Some(())
    }

    fn set_zone(&mut self, hours: i32) {
        self.sign = Some(if hours < 0 { -1 } else { 1 });
        self.zone_hour = Some(hours.abs());
        self.zone_minute = Some(0);
    }

    fn is_utc(&self) -> bool {
        self.zone_hour == Some(0) && self.zone_minute == Some(0)
    }

    fn time_expects(&self, value: i32) -> bool {
        match self.time.len() {
            1 | 2 => (0..=59).contains(&value),
            3 => (0..=999).contains(&value),
            _ => false,
        }
    }

    fn add_time(&mut self, value: i32) -> Option<()> {
        if self.time.len() == 4 {
            return None;
        }
        self.time.push(value);
        Some(())
    }

    fn finish_time(&mut self, value: i32) -> Option<()> {
        self.add_time(value)?;
        self.time.resize(4, 0);
        Some(())
    }

    fn date(&mut self) -> Option<(i32, i32, i32)> {
        if self.day.is_empty() {
            return None;
        }
        self.day.resize(3, 1);
        let is_day = |value: i32| (1..=31).contains(&value);
        let [first, second, third] = [self.day[0], self.day[1], self.day[2]];
        let (mut year, month, day) = match self.named_month {
            // What was left out is 1, the year too.
            None if self.iso || !is_day(first) => (first, second, third),
            None => (third, first, second),
            Some(month) if !is_day(first) => (first, month, second),
            Some(month) => (second, month, first),
        };
        if !self.iso {
            year = two_digits(year);
        }
        ((1..=12).contains(&month) && is_day(day)).then_some((year, month, day))
    }

    fn time_of_day(&mut self) -> Option<(i32, i32, i32, i32)> {
        self.time.resize(4, 0);
        let [mut hour, minute, second, millisecond] =
            [self.time[0], self.time[1], self.time[2], self.time[3]];
        if let Some(half) = self.half {
            if !(0..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + half;
        }
        let midnight = hour == 24 && minute == 0 && second == 0 && millisecond == 0;
        let usual = (0..=23).contains(&hour)
            && (0..=59).contains(&minute)
            && (0..=59).contains(&second)
            && (0..=999).contains(&millisecond);
        (midnight || usual).then_some((hour, minute, second, millisecond))
    }

    fn zone(&self) -> Zone {
        match self.sign {
            None => Zone::Local,
            Some(sign) => {
                let minutes = self.zone_hour.unwrap_or(0) * 60 + self.zone_minute.unwrap_or(0);
                Zone::Offset(sign * minutes * 60)
            }
        }
    }
}

/// Years of two digits are of this century up to 49, and of the last one from 50.
fn two_digits(year: i32) -> i32 {
    match year {
        0..=49 => year + 2000,
        50..=99 => year + 1900,
        _ => year,
    }
}

/// The digits after a second's point, as milliseconds.
fn milliseconds(value: i32, digits: usize) -> i32 {
    match digits {
        1 => value * 100,
        2 => value * 10,
        3 => value,
        // No more than nine were kept.
        _ => value / 10_i32.pow(digits.min(9) as u32 - 3),
    }
}
