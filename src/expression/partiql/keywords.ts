// The words that a statement may use as names only in double quotes: those of SQL-92 and PartiQL's own, in lower case. They
// are the reserved words of PartiQL (partiql-lang, LexerConstants), not those of DynamoDB's expressions: `data` and `year`
// are names here, `size` and `user` are not (Developer Guide: ql-reference).

const SQL92 =
  'absolute action add all allocate alter and any are as asc assertion at authorization avg begin between bit bit_length by ' +
  'cascade cascaded case cast catalog char character character_length char_length check close coalesce collate collation ' +
  'column commit connect connection constraint constraints continue convert corresponding count create cross current ' +
  'current_date current_time current_timestamp current_user cursor date date_add date_diff deallocate dec decimal declare ' +
  'default deferrable deferred delete desc describe descriptor diagnostics disconnect distinct domain double drop else end ' +
  'escape except exception exec execute exists external extract false fetch first float for foreign found from full get ' +
  'global go goto grant group having identity immediate in indicator initially inner input insensitive insert int integer ' +
  'intersect interval into is isolation join key language last left level like local lower match max min module names ' +
  'national natural nchar next no not null nullif numeric octet_length of on only open option or order outer output overlaps ' +
  'pad partial position precision prepare preserve primary prior privileges procedure public read real references relative ' +
  'restrict revoke right rollback rows schema scroll section select session session_user set size smallint some space sql ' +
  'sqlcode sqlerror sqlstate substring sum system_user table temporary then time timestamp to transaction translate ' +
  'translation trim true union unique unknown update upper usage user using value values varchar varying view when whenever ' +
  'where with work write zone'
const PARTIQL =
  'bag bigint blob bool boolean can_cast can_lossless_cast clob conflict do index int2 int4 int8 integer2 integer4 integer8 ' +
  'let limit list missing modified new nothing offset old pivot remove returning sexp string struct symbol tuple unpivot'

export const KEYWORDS: ReadonlySet<string> = new Set([...SQL92.split(' '), ...PARTIQL.split(' ')])

/** Keywords that are functions where a parenthesis follows. */
export const FUNCTION_KEYWORDS: ReadonlySet<string> = new Set(
  'exists count avg max min sum substring char_length character_length octet_length bit_length upper lower size sexp list bag'.split(' '),
)

/** What may follow IS: words, each with its canonical name. Two words are written with a space. */
export const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ...'missing null boolean smallint integer4 integer8 integer float real decimal numeric timestamp date time character string symbol clob blob struct tuple list sexp bag any'
    .split(' ')
    .map((name) => [name, name] as const),
  ['bool', 'boolean'],
  ['int', 'integer'],
  ['int2', 'smallint'],
  ['integer2', 'smallint'],
  ['int4', 'integer4'],
  ['int8', 'integer8'],
  ['bigint', 'integer8'],
  ['dec', 'decimal'],
  ['char', 'character'],
  ['varchar', 'character varying'],
  ['double precision', 'double precision'],
  ['character varying', 'character varying'],
])
