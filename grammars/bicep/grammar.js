/// <reference types="tree-sitter-cli/dsl" />
// Bicep (`.bicep` and `.bicepparam`): LR(1), without `conflicts` and without an external scanner.
//
// New lines are syntax in Bicep, so they are tokens and not extras. To keep the number of tokens low, which is what the
// speed of a tree-sitter parser depends on,
//   - a new line token swallows the blank lines and the indentation that follow it,
//   - brackets swallow the new lines around them (`{ \n`, `\n }`),
//   - what always stands together is one token: `name:`, `name(`, `a.b.c`, `@sys.description(`, `'text${`.
// The lists are left-recursive, because tree-sitter balances a `repeat` only after parsing.

const PREC = {
  conditional: 1,
  coalesce: 3,
  or: 4,
  and: 5,
  equality: 7,
  comparison: 8,
  sum: 9,
  product: 10,
  unary: 11,
  postfix: 12,
};

const BLANKS = '[ \\t]*';
const LINES = '[ \\t\\r\\n]*';
const NEWLINE = '[\\r\\n]' + LINES;
const ID = '[A-Za-z_][A-Za-z0-9_]*';
const PATH = ID + '(\\.\\??' + ID + ')*';
// A comment that is never closed ends with the file. It must be a token all the same: were it none, the lexer would
// run to the end of the file once for each `/*` in it.
const BLOCK_COMMENT = '\\/\\*([^*]|\\*+[^*\\/])*(\\*+\\/|\\**)';
// A new line before `?`, `:`, `|` or `,`: the one place where the lexer must look beyond comments.
const CONTINUATION = '[\\r\\n]([ \\t\\r\\n]|\\/\\/[^\\r\\n]*[\\r\\n]|' + BLOCK_COMMENT + ')*';

// The text of a string: on one line with escapes, ...
const TEXT = "([^'\\\\$\\r\\n]|\\\\[^\\r\\n]|\\$+([^{$'\\\\\\r\\n]|\\\\[^\\r\\n]))*";
// ... between three quotes without holes, ...
const RAW_TEXT = "([^']|'[^']|''[^'])*";
const RAW_END = "(''''*|'{0,2})"; // or the end of the file
// ... and after n = 1, 2, 3 dollars and three quotes, with holes that need n dollars. A dollar or quote that begins no
// hole and no end is text.
const RAW_DOLLARS = "('{1,2})?\\$+('{1,2}\\$+)*";
const RAW_ITEM = "[^'$]|'{1,2}[^'$]|" + RAW_DOLLARS + "([^'${]|'{1,2}[^'$])";
const RAW_QUOTED_DOLLARS = "('{1,2})?(\\$+'{1,2})*";
const raw = dollars => {
  const tooFew = { 1: '', 2: '|' + RAW_QUOTED_DOLLARS + '\\$\\{', 3: '|' + RAW_QUOTED_DOLLARS + '\\$\\$?\\{' }[dollars];
  const text = '(' + RAW_ITEM + tooFew + ')*';
  return {
    quotes: '\\$'.repeat(dollars) + "'''",
    end: text + '(' + RAW_DOLLARS + ')?' + RAW_END,
    hole: text + RAW_QUOTED_DOLLARS + '\\$'.repeat(dollars - 1) + '\\$+\\{',
  };
};

const regex = source => token(new RegExp(source));

// One or more, none or more new lines. A comment on its own line stands between two new line tokens.
const newlines = $ => choice($._newline, $._newline_run);
const anyNewlines = $ => optional(newlines($));
const separator = $ => choice(newlines($), seq($._comma, anyNewlines($)));
// `self` is the left-recursive rule that this is the body of.
const separated = ($, self, item) => choice(item, seq(self, separator($), item));
const bracketed = ($, open, items, close) => seq(open, anyNewlines($), optional(seq(items, optional(separator($)))), close);
// Arguments are separated by commas; new lines are allowed anywhere between them.
const argumentsIn = ($, item) =>
  seq(anyNewlines($), optional(seq(item, repeat(seq($._argument_comma, anyNewlines($), item)), anyNewlines($))), $._close_paren);

module.exports = grammar({
  name: 'bicep',
  word: $ => $.identifier,
  extras: $ => [/[ \t\uFEFF]/, $.comment, $.block_comment, $.directive],
  rules: {
    source_file: $ => seq(anyNewlines($), optional(seq($._statements, anyNewlines($)))),
    _statements: $ => choice($._statement, seq($._statements, newlines($), $._statement)),
    _statement: $ => choice($.decorated, $._declaration),
    decorated: $ => seq($._decorators, field('declaration', $._declaration)),
    _decorators: $ => repeat1(seq($.decorator, newlines($))),
    decorator: $ => choice(field('name', $.decorator_name), seq(field('open', $.decorator_open), argumentsIn($, $._expression))),
    decorator_open: _ => regex('@' + BLANKS + ID + '(' + BLANKS + '\\.' + BLANKS + ID + ')*' + BLANKS + '\\(' + LINES),
    decorator_name: _ => regex('@' + BLANKS + ID + '(' + BLANKS + '\\.' + BLANKS + ID + ')*'),

    _declaration: $ => choice(
      $.target_scope, $.metadata, $.parameter, $.variable, $.type_declaration, $.output, $.resource, $.module,
      $.test, $.assert, $.function, $.import, $.extension, $.using, $.extends, $.extension_config),

    target_scope: $ => seq('targetScope', '=', field('value', $._expression)),
    metadata: $ => seq('metadata', field('name', $.identifier), '=', field('value', $._expression)),
    parameter: $ => seq('param', field('name', $.identifier), choice(
      seq(field('type', $._declared_type), optional(seq('=', field('value', $._expression)))),
      seq('=', field('value', $._expression)))),
    variable: $ => seq('var', field('name', $.identifier), field('type', optional($._declared_type)), '=', field('value', $._expression)),
    type_declaration: $ => seq('type', field('name', $.identifier), '=', field('value', $._type)),
    output: $ => seq('output', field('name', $.identifier), field('type', choice($._declared_type, 'resource')), '=', field('value', $._expression)),
    resource: $ => seq('resource', field('name', $.identifier), field('type', $._string), optional(field('existing', 'existing')), '=', anyNewlines($), field('body', $._body)),
    module: $ => seq('module', field('name', $.identifier), field('path', $._string), '=', anyNewlines($), field('body', $._body)),
    test: $ => seq('test', field('name', $.identifier), field('path', $._string), '=', field('body', $.object)),
    assert: $ => seq('assert', field('name', $.identifier), '=', field('value', $._expression)),
    function: $ => seq('func', field('name', $.identifier), field('parameters', $.function_parameters), field('result', $._declared_type), $._arrow, anyNewlines($), field('body', $._expression)),
    function_parameters: $ => seq($._open_paren, argumentsIn($, $.function_parameter)),
    function_parameter: $ => seq(field('name', $.identifier), field('type', $._declared_type)),
    import: $ => seq('import', choice(
      seq(field('items', $.import_list), 'from', field('path', $._string)),
      seq('*', 'as', field('alias', $.identifier), 'from', field('path', $._string)),
      // The former spelling of `extension`.
      seq(field('extension', $._string), optional(seq('with', field('config', $.object))), optional(seq('as', field('alias', $.identifier)))))),
    import_list: $ => bracketed($, $._open_brace, $._import_items, $._close_brace),
    _import_items: $ => separated($, $._import_items, $.import_item),
    import_item: $ => seq(field('name', choice($.identifier, $.string)), optional(seq('as', field('alias', $.identifier)))),
    extension: $ => seq(choice('extension', 'provider'), field('name', choice($.identifier, $._string)),
      optional(seq('with', field('config', $.object))), optional(seq('as', field('alias', $.identifier)))),
    using: $ => seq('using', field('path', choice('none', $._string)), optional(seq('with', field('config', $.object)))),
    extends: $ => seq('extends', field('path', $._string)),
    extension_config: $ => seq('extensionConfig', field('name', $.identifier), 'with', field('config', $.object)),

    _body: $ => choice($.object, $.if, $.for),
    if: $ => seq($._if_open, anyNewlines($), field('condition', $._expression), anyNewlines($), $._close_paren, field('body', $.object)),
    for: $ => seq(
      $._open_bracket, anyNewlines($),
      choice(
        seq('for', field('item', $.identifier)),
        seq($._for_open, anyNewlines($), field('item', $.identifier), $._argument_comma, anyNewlines($), field('index', $.identifier), anyNewlines($), $._close_paren)),
      'in', field('in', $._expression), ':', field('body', choice($._expression, $.if)),
      anyNewlines($), $._close_bracket),

    // ---- expressions
    _expression: $ => choice(
      $.identifier, $.path, $._string, $.integer, $.true, $.false, $.null,
      $.object, $.array, $.for, $.parenthesized, $.lambda,
      $.call, $.method_call, $.member, $.subscript, $.nested_resource_access, $.non_null, $.unary, $.binary, $.conditional),
    conditional: $ => prec.right(PREC.conditional, seq(
      field('condition', $._expression), choice('?', $._newline_question),
      field('then', $._expression), choice(':', $._newline_colon),
      field('else', $._expression))),
    binary: $ => choice(...[
      ['??', PREC.coalesce], ['||', PREC.or], ['&&', PREC.and],
      ['==', PREC.equality], ['!=', PREC.equality], ['=~', PREC.equality], ['!~', PREC.equality],
      ['<', PREC.comparison], ['<=', PREC.comparison], ['>', PREC.comparison], ['>=', PREC.comparison],
      ['+', PREC.sum], ['-', PREC.sum], ['*', PREC.product], ['/', PREC.product], ['%', PREC.product],
    ].map(([operator, precedence]) => prec.left(precedence, seq(field('left', $._expression), field('operator', operator), field('right', $._expression))))),
    unary: $ => prec(PREC.unary, seq(field('operator', choice('!', '-')), field('operand', $._expression))),
    member: $ => prec(PREC.postfix, seq(field('object', $._expression), field('name', $.access))),
    // `.name` and `.?name`
    access: _ => regex('\\.' + BLANKS + '\\??' + BLANKS + ID),
    // `a.b.?c` without blanks: two or more names
    path: _ => regex(ID + '(\\.\\??' + ID + ')+'),
    call: $ => seq(field('open', $.call_open), argumentsIn($, $._expression)),
    method_call: $ => prec(PREC.postfix, seq(field('object', $._expression), field('open', $.access_open), argumentsIn($, $._expression))),
    subscript: $ => prec(PREC.postfix, seq(
      field('object', $._expression), $._open_bracket, anyNewlines($), optional(field('safe', '?')), optional(field('from_end', '^')),
      field('index', $._expression), anyNewlines($), $._close_bracket)),
    nested_resource_access: $ => prec(PREC.postfix, seq(field('object', $._expression), '::', field('name', $.identifier))),
    non_null: $ => prec(PREC.postfix, seq(field('operand', $._expression), '!')),
    lambda: $ => prec.right(0, seq(
      choice(field('head', $.lambda_head), seq(field('parameters', $.parenthesized), $._arrow)),
      anyNewlines($), field('body', $._expression))),
    // Covers both `(a + b)` and the parameters of `(a, b) => c`: which of the two it is shows only behind the parenthesis.
    parenthesized: $ => seq($._open_paren, argumentsIn($, $._expression)),

    object: $ => bracketed($, $._open_brace, $._members, $._close_brace),
    _members: $ => separated($, $._members, $._member),
    _member: $ => choice($.property, $.spread, $.nested_resource),
    property: $ => seq(field('name', choice($.key, seq($._string, ':'))), field('value', $._expression)),
    // `name:`
    key: _ => regex(ID + BLANKS + ':'),
    spread: $ => seq('...', field('value', $._expression)),
    nested_resource: $ => seq(optional($._decorators), field('declaration', $.resource)),
    array: $ => bracketed($, $._open_bracket, $._elements, $._close_bracket),
    _elements: $ => separated($, $._elements, choice($._expression, $.spread)),

    // ---- types
    _declared_type: $ => choice($._type, $.resource_type),
    resource_type: $ => seq('resource', field('type', $._string)),
    _type: $ => choice(
      $.identifier, $.path, $._string, $.integer, $.true, $.false, $.null,
      $.object_type, $.tuple_type, $.parenthesized_type, $.generic_type, $.member_type, $.array_type, $.items_type, $.index_type,
      $.union_type, $.nullable_type, $.unary_type),
    union_type: $ => choice(
      prec.left(1, seq(field('left', $._type), choice('|', $._newline_pipe), field('right', $._type))),
      prec(2, seq(choice('|', $._newline_pipe), field('right', $._type)))),
    nullable_type: $ => prec(4, seq(field('operand', $._type), field('operator', choice('?', '!')))),
    unary_type: $ => prec(5, seq(field('operator', choice('-', '!')), field('operand', $._type))),
    parenthesized_type: $ => seq($._open_paren, anyNewlines($), field('operand', $._type), anyNewlines($), $._close_paren),
    generic_type: $ => prec(6, seq(
      choice(field('open', $.generic_open), seq(field('object', $._type), field('open', $.access_generic_open))),
      anyNewlines($), $._type, repeat(seq($._argument_comma, anyNewlines($), $._type)), anyNewlines($), '>')),
    member_type: $ => prec(6, seq(field('object', $._type), field('name', choice($.access, $.any_access)))),
    any_access: _ => regex('\\.' + BLANKS + '\\*'),
    array_type: $ => prec(6, seq(field('items', $._type), $._open_bracket, $._close_bracket)),
    items_type: $ => prec(6, seq(field('object', $._type), $._open_bracket, '*', $._close_bracket)),
    index_type: $ => prec(6, seq(field('object', $._type), $._open_bracket, field('index', $._expression), $._close_bracket)),
    object_type: $ => bracketed($, $._open_brace, $._type_members, $._close_brace),
    _type_members: $ => separated($, $._type_members, $.type_property),
    type_property: $ => seq(optional($._decorators), field('name', choice($.key, seq(choice($._string, '*'), ':'))), field('type', $._declared_type)),
    tuple_type: $ => bracketed($, $._open_bracket, $._tuple_items, $._close_bracket),
    _tuple_items: $ => separated($, $._tuple_items, $.tuple_item),
    tuple_item: $ => seq(optional($._decorators), field('type', $._declared_type)),

    // ---- strings: each piece between two holes is one token
    _string: $ => choice($.string, $.multiline_string, $.interpolated_string),
    string: _ => regex("'" + TEXT + "\\$*'"),
    multiline_string: _ => regex("'''" + RAW_TEXT + RAW_END),
    interpolated_string: $ => choice(
      seq($.string_start, $._expression, repeat(seq($.string_middle, $._expression)), $.string_end),
      ...[1, 2, 3].map(n => choice(
        alias($['_raw' + n], $.multiline_string),
        seq(
          alias($['_raw' + n + '_start'], $.multiline_string_start), $._expression,
          repeat(seq(alias($['_raw' + n + '_middle'], $.multiline_string_middle), $._expression)),
          alias($['_raw' + n + '_end'], $.multiline_string_end))))),
    string_start: _ => regex("'" + TEXT + '\\$+\\{'),
    string_middle: _ => regex('\\}' + TEXT + '\\$+\\{'),
    string_end: _ => regex('\\}' + TEXT + "\\$*'"),
    ...Object.fromEntries([1, 2, 3].flatMap(n => {
      const { quotes, end, hole } = raw(n);
      return [
        ['_raw' + n, _ => regex(quotes + end)],
        ['_raw' + n + '_start', _ => regex(quotes + hole)],
        ['_raw' + n + '_middle', _ => regex('\\}' + hole)],
        ['_raw' + n + '_end', _ => regex('\\}' + end)],
      ];
    })),

    // ---- tokens
    identifier: _ => new RegExp(ID),
    integer: _ => /[0-9]+/,
    true: _ => 'true',
    false: _ => 'false',
    null: _ => 'null',
    _newline: _ => regex(NEWLINE),
    _newline_run: $ => choice(seq($._newline, $._newline), seq($._newline_run, $._newline)),
    _open_brace: _ => regex('\\{' + LINES),
    _close_brace: _ => regex('(' + NEWLINE + ')?\\}'),
    _open_bracket: _ => regex('\\[' + LINES),
    _close_bracket: _ => regex('(' + NEWLINE + ')?\\]'),
    _open_paren: _ => regex('\\(' + LINES),
    _close_paren: _ => regex('(' + NEWLINE + ')?\\)'),
    _comma: _ => regex(',' + LINES),
    _argument_comma: _ => regex('(' + CONTINUATION + ')?,' + LINES),
    _arrow: _ => regex('=>' + LINES),
    lambda_head: _ => regex(ID + BLANKS + '=>' + LINES),
    call_open: _ => regex(PATH + BLANKS + '\\(' + LINES),
    access_open: _ => regex('\\.' + BLANKS + '\\??' + BLANKS + ID + BLANKS + '\\(' + LINES),
    generic_open: _ => regex(PATH + BLANKS + '<' + LINES),
    access_generic_open: _ => regex('\\.' + BLANKS + ID + BLANKS + '<' + LINES),
    _if_open: _ => token(prec(1, new RegExp('if' + BLANKS + '\\(' + LINES))),
    _for_open: _ => token(prec(1, new RegExp('for' + BLANKS + '\\(' + LINES))),
    _newline_question: _ => regex(CONTINUATION + '\\?'),
    _newline_colon: _ => regex(CONTINUATION + ':'),
    _newline_pipe: _ => regex(CONTINUATION + '\\|'),
    comment: _ => token(/\/\/[^\r\n]*/),
    block_comment: _ => regex(BLOCK_COMMENT),
    directive: _ => token(/#(disable-next-line|disable-diagnostics|restore-diagnostics)[^\r\n]*/),
  },
});
