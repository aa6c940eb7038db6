// Edits one item: every attribute but the key, save and delete. A cleared field removes the attribute.
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { deleteRow, keyText, labelOf, putRow } from './browse.ts'
import type { Row, TableView } from './tables.ts'

export function ItemEditor({ view, row, onClose }: { readonly view: TableView; readonly row: Row; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [error, setError] = useState<string>()
  useEffect(() => dialog.current?.showModal(), [])
  const editable = view.columns.filter((column) => !view.keys.includes(column))
  const run = (write: Promise<void>): void => {
    write.then(onClose, (thrown: unknown) => setError(thrown instanceof Error ? thrown.message : String(thrown)))
  }
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const attributes = editable.map((column) => {
      const field = form.get(column)
      const text = typeof field === 'string' ? field : ''
      return [column, text === '' ? undefined : view.numbers.has(column) ? Number(text) : text] as const
    })
    run(putRow(view, { ...row, ...Object.fromEntries(attributes) }))
  }
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="item-title">
      <form onSubmit={save}>
        <h2 id="item-title">{keyText(view, row)}</h2>
        <div className="fields">
          {editable.map((column) => (
            <label key={column}>
              {labelOf(column)}
              <input name={column} defaultValue={row[column] ?? ''} type={view.numbers.has(column) ? 'number' : 'text'} step="any" />
            </label>
          ))}
        </div>
        {error && <p role="alert">{error}</p>}
        <footer>
          <button type="button" className="danger" onClick={() => run(deleteRow(view, row))}>Delete item</button>
          <span className="space" />
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" className="main">Save</button>
        </footer>
      </form>
    </dialog>
  )
}
