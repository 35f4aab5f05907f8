//! Text of a formula → tokens.

use crate::Error;
use crate::expression::Binary;

/// A token and where it starts (characters, from 1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) position: usize,
}

/// Kinds of tokens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Number(f64),
    Text(String),
    Name(String),
    Operator(Binary),
    Not,
    Open,
    Close,
    Comma,
    Assign,
    Dollar,
    Namespace,
    End,
}

/// Splits a text into tokens; the last is [`TokenKind::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let length = text.chars().count();
    if length > crate::limits::TEXT {
        return Err(Error::TooLong { length });
    }
    let mut lexer = Lexer {
        letters: text.chars().collect(),
        position: 0,
    };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let ended = token.kind == TokenKind::End;
        tokens.push(token);
        if ended {
            return Ok(tokens);
        }
    }
}

struct Lexer {
    letters: Vec<char>,
    position: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.position + ahead).copied()
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::Syntax {
            position: self.position + 1,
            message: message.into(),
        }
    }

    fn next(&mut self) -> Result<Token, Error> {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.position += 1;
        }
        let position = self.position + 1;
        let Some(letter) = self.peek(0) else {
            return Ok(Token {
                kind: TokenKind::End,
                position,
            });
        };
        let kind = match letter {
            '0'..='9' => self.number()?,
            '.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number()?,
            '"' | '\'' => TokenKind::Text(self.quoted(letter)?),
            '`' => TokenKind::Name(self.quoted('`')?),
            _ if letter.is_alphabetic() || letter == '.' => self.name(),
            '%' => self.percent()?,
            _ => self.symbol(letter)?,
        };
        Ok(Token { kind, position })
    }

    fn number(&mut self) -> Result<TokenKind, Error> {
        let start = self.position;
        self.skip_digits();
        if self.peek(0) == Some('.') {
            self.position += 1;
            self.skip_digits();
        }
        if matches!(self.peek(0), Some('e' | 'E')) && self.exponent_follows() {
            self.position += 2;
            self.skip_digits();
        }
        let text: String = self.letters[start..self.position].iter().collect();
        if self.peek(0) == Some('L') {
            self.position += 1;
        }
        let number = text.parse();
        number
            .map(TokenKind::Number)
            .map_err(|_| self.error(format!("'{text}' is geen getal")))
    }

    fn exponent_follows(&self) -> bool {
        let after = match self.peek(1) {
            Some('+' | '-') => self.peek(2),
            other => other,
        };
        after.is_some_and(|digit| digit.is_ascii_digit())
    }

    fn skip_digits(&mut self) {
        while self.peek(0).is_some_and(|digit| digit.is_ascii_digit()) {
            self.position += 1;
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Error> {
        let mut text = String::new();
        self.position += 1;
        loop {
            let Some(letter) = self.peek(0) else {
                return Err(self.error(format!("een aanhalingsteken {quote} wordt niet gesloten")));
            };
            self.position += 1;
            match letter {
                _ if letter == quote => return Ok(text),
                '\\' => text.push(self.escaped()?),
                _ => text.push(letter),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Error> {
        let letter = self
            .peek(0)
            .ok_or_else(|| self.error("een \\ aan het eind"))?;
        self.position += 1;
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            other => other,
        })
    }

    fn name(&mut self) -> TokenKind {
        let start = self.position;
        let belongs = |letter: char| letter.is_alphanumeric() || letter == '.' || letter == '_';
        while self.peek(0).is_some_and(belongs) {
            self.position += 1;
        }
        TokenKind::Name(self.letters[start..self.position].iter().collect())
    }

    fn percent(&mut self) -> Result<TokenKind, Error> {
        for (text, operator) in [
            ("%in%", Binary::In),
            ("%/%", Binary::Quotient),
            ("%%", Binary::Remainder),
        ] {
            if text
                .chars()
                .enumerate()
                .all(|(ahead, letter)| self.peek(ahead) == Some(letter))
            {
                self.position += text.len();
                return Ok(TokenKind::Operator(operator));
            }
        }
        Err(self.error("alleen %in%, %% en %/% bestaan hier"))
    }

    fn symbol(&mut self, letter: char) -> Result<TokenKind, Error> {
        let (kind, width) = match (letter, self.peek(1)) {
            ('=', Some('=')) => (TokenKind::Operator(Binary::Equal), 2),
            ('!', Some('=')) => (TokenKind::Operator(Binary::NotEqual), 2),
            ('<', Some('=')) => (TokenKind::Operator(Binary::LessEqual), 2),
            ('>', Some('=')) => (TokenKind::Operator(Binary::GreaterEqual), 2),
            ('&', Some('&')) => (TokenKind::Operator(Binary::AndAnd), 2),
            ('|', Some('|')) => (TokenKind::Operator(Binary::OrOr), 2),
            (':', Some(':')) => (TokenKind::Namespace, 2),
            ('*', Some('*')) => (TokenKind::Operator(Binary::Power), 2),
            ('=', _) => (TokenKind::Assign, 1),
            ('!', _) => (TokenKind::Not, 1),
            ('<', _) => (TokenKind::Operator(Binary::Less), 1),
            ('>', _) => (TokenKind::Operator(Binary::Greater), 1),
            ('&', _) => (TokenKind::Operator(Binary::And), 1),
            ('|', _) => (TokenKind::Operator(Binary::Or), 1),
            (':', _) => (TokenKind::Operator(Binary::Colon), 1),
            ('~', _) => (TokenKind::Operator(Binary::Tilde), 1),
            ('+', _) => (TokenKind::Operator(Binary::Plus), 1),
            ('-', _) => (TokenKind::Operator(Binary::Minus), 1),
            ('*', _) => (TokenKind::Operator(Binary::Times), 1),
            ('/', _) => (TokenKind::Operator(Binary::Divide), 1),
            ('^', _) => (TokenKind::Operator(Binary::Power), 1),
            ('(', _) => (TokenKind::Open, 1),
            (')', _) => (TokenKind::Close, 1),
            (',', _) => (TokenKind::Comma, 1),
            ('$', _) => (TokenKind::Dollar, 1),
            _ => return Err(self.error(format!("het teken '{letter}' heeft hier geen betekenis"))),
        };
        self.position += width;
        Ok(kind)
    }
}
