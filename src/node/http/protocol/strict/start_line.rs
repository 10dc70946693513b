//! The first line of a head: method, target and protocol of a request, or the status of a response.

use super::{Method, ParseError, Read, Reader, Role, Span, StartLine};

impl Reader<'_> {
    /// The first line, behind empty ones.
    pub(super) fn start_line(&mut self, role: Role) -> Read<StartLine> {
        while matches!(self.peek()?, b'\r' | b'\n') {
            self.at += 1;
        }
        match role {
            Role::Server => self.request_line(),
            Role::Client => self.status_line(),
        }
    }

    fn request_line(&mut self) -> Read<StartLine> {
        let method = self.method()?;
        while self.peek()? == b' ' {
            self.at += 1;
        }
        let target = self.target(method)?;
        let mut version = (0, 9);
        if self.peek()? == b' ' {
            while self.peek()? == b' ' {
                self.at += 1;
            }
            self.protocol(method)?;
            version = self.version()?;
            self.line_end(ParseError::VersionLineEnd, ParseError::VersionLineFeed)?;
        } else {
            self.expect(b'\r', ParseError::UrlCharacters)?;
            self.expect(b'\n', ParseError::TargetLineFeed)?;
        }
        Ok(StartLine {
            method,
            target,
            version,
            status: 0,
        })
    }

    /// A carriage return and a line feed; the lenient do with one of them.
    fn line_end(&mut self, no_return: ParseError, no_feed: ParseError) -> Read<()> {
        let lenient = self.limits.lenient;
        match self.peek()? {
            b'\r' => self.at += 1,
            b'\n' if lenient => {
                self.at += 1;
                return Ok(());
            }
            _ => return Err(no_return.into()),
        }
        match self.peek()? {
            b'\n' => self.at += 1,
            _ if lenient => {}
            _ => return Err(no_feed.into()),
        }
        Ok(())
    }

    fn method(&mut self) -> Read<Method> {
        let start = self.at;
        loop {
            let byte = self.peek()?;
            let name = &self.bytes[start..self.at];
            if let Some(method) = Method::parse(name) {
                self.expect(b' ', ParseError::MethodSpace)?;
                return Ok(method);
            }
            if name == b"PRI" && byte == b' ' {
                for byte in *b" * HTTP/2.0\r\n\r\nSM\r\n\r\n" {
                    self.expect(byte, ParseError::Http2Preface)?;
                }
                return Err(ParseError::Http2.into());
            }
            if name == b"PRI" {
                return Err(ParseError::MethodSpace.into());
            }
            let longer = &self.bytes[start..=self.at];
            if !Method::is_prefix(longer) && !b"PRI".starts_with(longer) {
                return Err(ParseError::MethodUnknown.into());
            }
            self.at += 1;
        }
    }

    fn target(&mut self, method: Method) -> Read<Span> {
        self.begin_span();
        match self.peek()? {
            b'/' | b'*' => {}
            b'\t' | b'\x0c' | b'\r' | b'\n' => return Err(ParseError::UrlCharacters.into()),
            _ if method == Method::CONNECT => self.authority()?,
            byte if byte.is_ascii_alphabetic() => {
                self.schema()?;
                self.authority()?;
            }
            _ => return Err(ParseError::UrlStart.into()),
        }
        let mut wrong = ParseError::UrlPath;
        loop {
            match self.peek()? {
                b' ' | b'\r' => return self.end_span(),
                b'\t' | b'\x0c' | b'\n' => return Err(ParseError::UrlCharacters.into()),
                b'#' => wrong = ParseError::UrlFragment,
                b'?' if wrong == ParseError::UrlPath => wrong = ParseError::UrlQuery,
                b'!'..=b'~' => {}
                _ => return Err(wrong.into()),
            }
            self.at += 1;
        }
    }

    /// Host, port and who asks, up to what follows them.
    fn authority(&mut self) -> Read<()> {
        let mut at_sign = false;
        loop {
            match self.peek()? {
                b' ' | b'\r' | b'\n' | b'\t' | b'\x0c' | b'/' | b'?' => return Ok(()),
                b'@' if at_sign => return Err(ParseError::UrlTwoAts.into()),
                byte if byte == b'@'
                    || byte.is_ascii_alphanumeric()
                    || b"-_.!~*'()%;:&=+$,[]".contains(&byte) =>
                {
                    at_sign = byte == b'@';
                }
                _ => return Err(ParseError::UrlServer.into()),
            }
            self.at += 1;
        }
    }

    fn schema(&mut self) -> Read<()> {
        loop {
            match self.peek()? {
                byte if byte.is_ascii_alphabetic() => self.at += 1,
                b' ' | b'\t' | b'\x0c' | b'\r' | b'\n' => {
                    return Err(ParseError::UrlCharacters.into());
                }
                b':' => break,
                _ => return Err(ParseError::UrlSchema.into()),
            }
        }
        for byte in *b"://" {
            self.expect(byte, ParseError::UrlSchema)?;
        }
        Ok(())
    }

    fn protocol(&mut self, method: Method) -> Read<()> {
        let names: [&[u8]; 3] = [b"HTTP/", b"RTSP/", b"ICE/"];
        for (index, name) in names.into_iter().enumerate() {
            if self.peek()? != name[0] {
                continue;
            }
            for byte in name {
                self.expect(*byte, ParseError::Protocol)?;
            }
            return match index {
                1 if method.name() != "OPTIONS" => Err(ParseError::RtspMethod.into()),
                2 if method.name() != "SOURCE" => Err(ParseError::IceMethod.into()),
                _ => Ok(()),
            };
        }
        Err(ParseError::Protocol.into())
    }

    fn version(&mut self) -> Read<(u8, u8)> {
        let major = self.digit(ParseError::VersionMajor)?;
        self.expect(b'.', ParseError::VersionDot)?;
        let minor = self.digit(ParseError::VersionMinor)?;
        match (major, minor) {
            _ if self.limits.lenient => Ok((major, minor)),
            (0, 9) | (1, 0) | (1, 1) | (2, 0) => Ok((major, minor)),
            _ => Err(ParseError::VersionUnknown.into()),
        }
    }

    fn digit(&mut self, error: ParseError) -> Read<u8> {
        let byte = self.peek()?;
        if !byte.is_ascii_digit() {
            return Err(error.into());
        }
        self.at += 1;
        Ok(byte - b'0')
    }

    fn status_line(&mut self) -> Read<StartLine> {
        let name: &[u8] = match self.peek()? {
            b'R' => b"RTSP/",
            b'I' => b"ICE/",
            _ => b"HTTP/",
        };
        for byte in name {
            self.expect(*byte, ParseError::StatusLine)?;
        }
        let version = self.version()?;
        self.expect(b' ', ParseError::StatusSpace)?;
        let mut status = 0;
        for _ in 0..3 {
            status = status * 10 + u16::from(self.digit(ParseError::StatusCode)?);
        }
        let target = match self.peek()? {
            b' ' => {
                self.at += 1;
                self.begin_span();
                while !matches!(self.peek()?, b'\r' | b'\n') {
                    self.at += 1;
                }
                self.end_span()?
            }
            b'\r' | b'\n' => (self.at, self.at),
            _ => return Err(ParseError::StatusEnd.into()),
        };
        self.line_end(
            ParseError::StatusCarriageReturn,
            ParseError::HeaderEmptyLineFeed,
        )?;
        Ok(StartLine {
            method: Method::GET,
            target,
            version,
            status,
        })
    }
}
