// Resource policies: what AWS takes as one, and the canonical form in which it keeps it (lab findings DDB-TABLE-208, -351
// to -356, -210, -211). Stored and told; enforced at the hub only: in a page there is nobody to deny.
import { AccessDeniedException, ValidationException } from '../model/errors.ts'

const INVALID = 'One or more parameter values were invalid: '
const DOCUMENT = `${INVALID}Invalid policy document: `
const MAX_POLICY_BYTES = 20_480
const DEFAULT_VERSION = '2008-10-17'
const ACCOUNT_ROOT = 'arn:aws:iam::000000000000:root'

type Json = { readonly [name: string]: unknown }

export interface CanonicalPolicy {
  /** As GetResourcePolicy answers it. */
  readonly document: string
  /** The same without a version that was not sent: equal texts are equal policies. */
  readonly sent: string
}

function invalid(text: string): ValidationException {
  return new ValidationException(DOCUMENT + text)
}

/** Throws ValidationException; AccessDeniedException for one that locks its own writer out, unless that is confirmed. */
export function canonicalPolicy(text: string, confirmed: boolean): CanonicalPolicy {
  if (new TextEncoder().encode(text).length > MAX_POLICY_BYTES) {
    throw new ValidationException(`${INVALID}Maximum policy size of ${MAX_POLICY_BYTES} bytes exceeded`)
  }
  const policy = parse(text)
  const { Version, Id, Statement } = policy
  if (Statement === undefined) throw invalid('Syntax error at position (1,3)')
  if (Version !== undefined && Version !== '2012-10-17' && Version !== DEFAULT_VERSION) throw invalid('The policy must contain a valid version string')
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as unknown[]
  if (statements.length === 0) throw invalid('Could not parse the policy: Statement is empty!')
  const canonical = statements.map(canonicalStatement)
  const ids = canonical.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]))
  if (new Set(ids).size < ids.length) throw invalid('The Statement Ids in the policy are not unique')
  if (canonical.some(isPublicGrant)) {
    throw new ValidationException(
      'Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure least-privilege form of access',
    )
  }
  if (!confirmed && canonical.some(locksOut)) {
    throw new AccessDeniedException('The new resource policy will not allow you to update the resource policy in the future.')
  }
  const rest = { ...(Id === undefined ? {} : { Id }), Statement: canonical }
  return {
    document: JSON.stringify({ Version: Version ?? DEFAULT_VERSION, ...rest }),
    sent: JSON.stringify({ ...(Version === undefined ? {} : { Version }), ...rest }),
  }
}

function parse(text: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('This policy contains invalid Json')
  }
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    throw invalid('This text appears not to be a policy')
  }
  if (Array.isArray(value)) throw invalid('This policy contains invalid Json')
  return value as Json
}

function canonicalStatement(statement: unknown): Json {
  if (typeof statement !== 'object' || statement === null || Array.isArray(statement)) throw invalid('This policy contains invalid Json')
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement as Json
  if (Effect === undefined) throw invalid('Missing required field Effect')
  const effect = ['Allow', 'Deny'].find((known) => typeof Effect === 'string' && known.toLowerCase() === Effect.toLowerCase())
  if (effect === undefined) throw invalid(`Invalid effect: ${JSON.stringify(Effect)}`)
  if (Principal === undefined && NotPrincipal === undefined) throw invalid('Missing required field Principal')
  if (Action === undefined && NotAction === undefined) throw invalid('Missing required field Action')
  if (Resource === undefined && NotResource === undefined) throw invalid('Missing required field Resource')
  checkActions(Action ?? NotAction)
  return {
    ...(Sid === undefined ? {} : { Sid }),
    Effect: effect,
    ...(Principal === undefined ? { NotPrincipal: canonicalPrincipal(NotPrincipal) } : { Principal: canonicalPrincipal(Principal) }),
    ...(Action === undefined ? { NotAction: single(NotAction) } : { Action: single(Action) }),
    ...(Resource === undefined ? { NotResource: single(NotResource) } : { Resource: single(Resource) }),
    ...(Condition === undefined ? {} : { Condition }),
  }
}

function checkActions(actions: unknown): void {
  const wrong = listOf(actions).filter((action) => action !== '*' && !/^dynamodb:[A-Za-z*?]+$/i.test(String(action)))
  if (wrong.length > 0) throw invalid(`The following action names are invalid: ${wrong.join(', ')}`)
}

function canonicalPrincipal(principal: unknown): unknown {
  if (principal === '*') return '*'
  if (typeof principal !== 'object' || principal === null || Array.isArray(principal)) {
    throw new ValidationException(`${INVALID}Invalid principal in policy document.`)
  }
  return Object.fromEntries(
    Object.entries(principal).map(([kind, names]) => {
      const full = listOf(names).map((name) => (/^\d{12}$/.test(String(name)) ? `arn:aws:iam::${String(name)}:root` : name))
      return [kind, single([...new Set(full)])]
    }),
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
/** A list of one is its element. */
function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

function isEverybody(principal: unknown): boolean {
  if (principal === '*') return true
  return typeof principal === 'object' && principal !== null && Object.values(principal).some((names) => listOf(names).includes('*'))
}

function isPublicGrant({ Effect, Principal, Condition }: Json): boolean {
  return Effect === 'Allow' && Condition === undefined && isEverybody(Principal)
}

/** Denies the owner to put the next policy. */
function locksOut({ Effect, Principal, Action, Condition }: Json): boolean {
  if (Effect !== 'Deny' || Condition !== undefined) return false
  const { AWS } = (typeof Principal === 'object' ? Principal : {}) as { readonly AWS?: unknown }
  if (!isEverybody(Principal) && !listOf(AWS).includes(ACCOUNT_ROOT)) return false
  return listOf(Action).some((action) => matchesPutPolicy(String(action)))
}

function matchesPutPolicy(action: string): boolean {
  const pattern = action.replace(/[*?]/g, (sign) => (sign === '*' ? '.*' : '.'))
  return new RegExp(`^${pattern}$`, 'i').test('dynamodb:PutResourcePolicy')
}
