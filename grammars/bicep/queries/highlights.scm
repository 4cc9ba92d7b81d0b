; Some tokens hold their punctuation (`name:`, `name(`, `@name(`): see README.md.

[(comment) (block_comment)] @comment
(directive) @keyword.directive

[
  "targetScope" "metadata" "param" "var" "type" "output" "resource" "module" "test" "assert" "func"
  "import" "extension" "provider" "using" "extends" "extensionConfig"
] @keyword
["existing" "for" "in" "from" "as" "with" "none"] @keyword
[(true) (false)] @boolean
(null) @constant.builtin
(integer) @number

[
  (string) (multiline_string)
  (string_start) (string_middle) (string_end)
  (multiline_string_start) (multiline_string_middle) (multiline_string_end)
] @string

[(decorator_open) (decorator_name)] @attribute
[(call_open) (access_open)] @function.call
[(generic_open) (access_generic_open)] @type
(key) @property
(access) @property
(path) @variable

(parameter name: (identifier) @variable.parameter)
(parameter type: (identifier) @type)
(variable name: (identifier) @variable)
(variable type: (identifier) @type)
(output name: (identifier) @variable)
(output type: (identifier) @type)
(type_declaration name: (identifier) @type.definition)
(type_declaration value: (identifier) @type)
(type_property type: (identifier) @type)
(array_type items: (identifier) @type)
(nullable_type operand: (identifier) @type)
(union_type left: (identifier) @type)
(union_type right: (identifier) @type)
(resource name: (identifier) @variable)
(module name: (identifier) @module)
(function name: (identifier) @function)
(function result: (identifier) @type)
(function_parameter name: (identifier) @variable.parameter)
(function_parameter type: (identifier) @type)

["=" "?" ":" "??" "||" "&&" "==" "!=" "=~" "!~" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" "!" "|" "..." "::"] @operator
