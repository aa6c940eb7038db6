// Property tests in `npm test` run from one seed, so that a green commit stays green; HOLDFAST_SEED=random, or a number,
// searches further (with HOLDFAST_RUNS for more of it).
import fc from 'fast-check'

const wanted = process.env['HOLDFAST_SEED'] ?? '20261123'
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) })
