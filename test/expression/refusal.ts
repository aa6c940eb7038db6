// What a test needs of an error: its message, after making sure that it is a ValidationException and nothing else.
import { ValidationException } from '../../src/model/errors.ts'

/** The message of the ValidationException that `run` throws. */
export function refusalOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ValidationException) return error.message
    throw error
  }
  throw new Error('Nothing was refused')
}
