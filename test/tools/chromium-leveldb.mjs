// The files under Chromium's IndexedDB, as crashes leave them: one LevelDB for each origin of a profile. Only for a browser that is gone.
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The LevelDB folder of the profile's one origin. @param {string} profile */
function folderOf(profile) {
  const all = join(profile, 'Default/IndexedDB')
  const folders = readdirSync(all).filter((name) => name.endsWith('.leveldb'))
  if (folders.length !== 1) throw new Error(`${folders.length} origins in ${all}`)
  return join(all, folders[0] ?? '')
}
/** @param {string} profile */
function newestLog(profile) {
  const folder = folderOf(profile)
  const logs = readdirSync(folder).filter((name) => /^\d+\.log$/.test(name)).sort()
  return join(folder, logs.at(-1) ?? 'no log')
}

/** Cuts bytes off the end, as a SIGKILL in the midst of a write would have kept them from it. @param {string} profile @param {number} bytes */
export function tearLog(profile, bytes) {
  const log = newestLog(profile)
  truncateSync(log, statSync(log).size - bytes)
}

/** Whether the log's last bytes are those of a record that holds `text`. @param {string} profile @param {string} text */
export function logEndsWith(profile, text) {
  return readFileSync(newestLog(profile)).subarray(-500).includes(text)
}

/** Makes the whole of it unreadable. @param {string} profile */
export function damageManifest(profile) {
  const folder = folderOf(profile)
  for (const name of readdirSync(folder)) if (name.startsWith('MANIFEST')) writeFileSync(join(folder, name), 'damaged '.repeat(100))
}
