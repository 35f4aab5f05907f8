//! Tokens → tree, by precedence climbing with the precedences of R.

use crate::expression::{Argument, Binary, Call, Expression, Unary};
use crate::lexer::{Token, TokenKind, tokens};
use crate::{Error, limits};

/// How tightly the tilde binds; the weakest of all.
const TILDE: u8 = 1;
/// A `!` takes everything above this.
const NOT: u8 = 4;
/// A sign takes everything above this: `-x^2` is `-(x^2)`, `-1:3` is `(-1):3`.
const SIGN: u8 = 10;

fn strength(operator: Binary) -> u8 {
    match operator {
        Binary::Tilde => TILDE,
        Binary::Or | Binary::OrOr => 2,
        Binary::And | Binary::AndAnd => 3,
        Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual => 5,
        Binary::Plus | Binary::Minus => 6,
        Binary::Times | Binary::Divide => 7,
        Binary::In | Binary::Remainder | Binary::Quotient => 8,
        Binary::Colon => 9,
        Binary::Power => 11,
    }
}

/// Reads an expression.
pub(crate) fn parse(text: &str) -> Result<Expression, Error> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        position: 0,
        nesting: 0,
    };
    let tree = parser.expression(0)?;
    parser.expect(&TokenKind::End, "hier hoort niets meer te staan")?;
    Ok(tree.expression)
}

/// Reads `name = expression`.
pub(crate) fn parse_assignment(text: &str) -> Result<(String, Expression), Error> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        position: 0,
        nesting: 0,
    };
    let TokenKind::Name(name) = parser.peek().clone() else {
        return Err(parser.error("verwacht: naam = uitdrukking"));
    };
    parser.position += 1;
    parser.expect(&TokenKind::Assign, "verwacht: naam = uitdrukking")?;
    let tree = parser.expression(0)?;
    parser.expect(&TokenKind::End, "hier hoort niets meer te staan")?;
    Ok((name, tree.expression))
}

/// An expression and the height of its tree, which bounds every later recursion.
struct Tree {
    expression: Expression,
    height: usize,
}

impl Tree {
    fn leaf(expression: Expression) -> Self {
        Self {
            expression,
            height: 1,
        }
    }

    fn above(expression: Expression, below: usize) -> Result<Self, Error> {
        if below >= limits::HEIGHT {
            return Err(Error::TooDeep);
        }
        Ok(Self {
            expression,
            height: below + 1,
        })
    }
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
    nesting: usize,
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        &self.tokens[self.position].kind
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::Syntax {
            position: self.tokens[self.position].position,
            message: message.into(),
        }
    }

    fn expect(&mut self, kind: &TokenKind, message: &str) -> Result<(), Error> {
        if self.peek() != kind {
            return Err(self.error(message));
        }
        if *kind != TokenKind::End {
            self.position += 1;
        }
        Ok(())
    }

    /// An expression of operators that bind more tightly than `weakest`.
    fn expression(&mut self, weakest: u8) -> Result<Tree, Error> {
        self.nesting += 1;
        if self.nesting > limits::NESTING {
            return Err(Error::TooDeep);
        }
        let mut left = self.operand()?;
        while let &TokenKind::Operator(operator) = self.peek() {
            if strength(operator) <= weakest {
                break;
            }
            self.position += 1;
            // Only ^ groups to the right, and its right side may have a sign.
            let right = match operator {
                Binary::Power => self.expression(SIGN)?,
                _ => self.expression(strength(operator))?,
            };
            let height = left.height.max(right.height);
            let (left_side, right_side) = (Box::new(left.expression), Box::new(right.expression));
            left = Tree::above(Expression::Binary(operator, left_side, right_side), height)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Tree, Error> {
        let token = self.peek().clone();
        self.position += 1;
        match token {
            TokenKind::Number(number) => Ok(Tree::leaf(Expression::Number(number))),
            TokenKind::Text(text) => Ok(Tree::leaf(Expression::Text(text))),
            TokenKind::Name(name) => self.after_name(name),
            TokenKind::Operator(Binary::Minus) => self.unary(Unary::Minus, SIGN - 1),
            TokenKind::Operator(Binary::Plus) => self.unary(Unary::Plus, SIGN - 1),
            TokenKind::Operator(Binary::Tilde) => self.unary(Unary::Tilde, TILDE),
            TokenKind::Not => self.unary(Unary::Not, NOT - 1),
            TokenKind::Open => {
                let inner = self.expression(0)?;
                self.expect(&TokenKind::Close, "hier hoort een )")?;
                Tree::above(
                    Expression::Bracketed(Box::new(inner.expression)),
                    inner.height,
                )
            }
            TokenKind::End => {
                self.position -= 1;
                Err(self.error("de formule houdt te vroeg op"))
            }
            _ => {
                self.position -= 1;
                Err(self.error("hier hoort een naam, een getal of een haakje"))
            }
        }
    }

    fn unary(&mut self, operator: Unary, weakest: u8) -> Result<Tree, Error> {
        let inner = self.expression(weakest)?;
        Tree::above(
            Expression::Unary(operator, Box::new(inner.expression)),
            inner.height,
        )
    }

    fn after_name(&mut self, name: String) -> Result<Tree, Error> {
        match self.peek() {
            TokenKind::Open => self.call(None, name),
            TokenKind::Namespace => {
                self.position += 1;
                let TokenKind::Name(function) = self.peek().clone() else {
                    return Err(self.error("na :: hoort een naam"));
                };
                self.position += 1;
                match self.peek() {
                    TokenKind::Open => self.call(Some(name), function),
                    _ => Err(self.error("na :: hoort een functie met haakjes")),
                }
            }
            TokenKind::Dollar => {
                self.position += 1;
                let TokenKind::Name(column) = self.peek().clone() else {
                    return Err(self.error("na $ hoort een kolom"));
                };
                self.position += 1;
                // There is one table, so `lung$age` is `age`.
                Ok(Tree::leaf(Expression::Name(column)))
            }
            _ => Ok(Tree::leaf(constant_or_name(name))),
        }
    }

    fn call(&mut self, namespace: Option<String>, function: String) -> Result<Tree, Error> {
        self.expect(&TokenKind::Open, "hier hoort een (")?;
        let mut arguments = Vec::new();
        let mut height = 0;
        while *self.peek() != TokenKind::Close {
            let (argument, below) = self.argument()?;
            arguments.push(argument);
            height = height.max(below);
            if *self.peek() == TokenKind::Comma {
                self.position += 1;
            } else if *self.peek() != TokenKind::Close {
                return Err(self.error("hier hoort een , of )"));
            }
        }
        self.position += 1;
        let call = Call {
            namespace,
            function,
            arguments,
        };
        Tree::above(Expression::Call(call), height)
    }

    fn argument(&mut self) -> Result<(Argument, usize), Error> {
        let next = self.tokens.get(self.position + 1).map(|token| &token.kind);
        let name = match (self.peek(), next) {
            (TokenKind::Name(name) | TokenKind::Text(name), Some(TokenKind::Assign)) => {
                Some(name.clone())
            }
            _ => None,
        };
        if name.is_some() {
            self.position += 2;
        }
        let tree = self.expression(0)?;
        let argument = Argument {
            name,
            value: tree.expression,
        };
        Ok((argument, tree.height))
    }
}

fn constant_or_name(name: String) -> Expression {
    match name.as_str() {
        "TRUE" => Expression::Logical(true),
        "FALSE" => Expression::Logical(false),
        "NA" | "NULL" => Expression::Missing,
        "NaN" => Expression::Number(f64::NAN),
        "Inf" => Expression::Number(f64::INFINITY),
        _ => Expression::Name(name),
    }
}
