// The executable: `npx holdfast …`. The build puts the shebang in front.
// Nothing but the call, so that tests can import everything else.
import { main } from './main.ts'

process.exitCode = await main(process.argv.slice(2), process.env)
