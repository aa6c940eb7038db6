// The React binding as a server runs it, and the store under it as React in a page does. (In a real page: test/browser.)
import { createElement, Suspense, StrictMode } from 'react'
import { renderToPipeableStream, renderToString } from 'react-dom/server'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openDatabase, S, table } from 'holdfast'
import { useLive, useLiveQuery, useLiveSuspenseQuery } from 'holdfast/react'
import { openTestDatabase } from 'holdfast/testing'
import { turn } from './fake-host.ts'

const Todos = table('Todos', { partitionKey: 'list', sortKey: 'id', attributes: { list: S(), id: S(), title: S() } })

function renderStreamed(element: React.ReactNode): Promise<string> {
  return new Promise((resolve, reject) => {
    let html = ''
    const sink = new Writable({
      write: (chunk: Buffer, _, done) => {
        html += chunk.toString()
        done()
      },
    })
    sink.on('finish', () => resolve(html))
    const stream = renderToPipeableStream(element, { onAllReady: () => stream.pipe(sink), onShellError: reject, onError: () => undefined })
  })
}

describe('on a server', () => {
  it('renders live values as they are before anything was read', () => {
    const db = openDatabase('server')
    const todos = db.table(Todos)
    function List() {
      const { status, items } = useLiveQuery(todos.query({ list: 'a' }))
      const { state } = useLive(db.status)
      return <p>{`${status} ${items.length} ${state}`}</p>
    }
    expect(renderToString(<StrictMode><List /></StrictMode>)).toBe('<p>PENDING 0 OPENING</p>')
  })

  it('renders the first value while hydrating, whatever the query holds by then', async () => {
    await using db = openTestDatabase()
    const todos = db.table(Todos)
    await todos.put({ list: 'a', id: '1', title: 'Milk' })
    const live = todos.query({ list: 'a' }).live()
    using _ = live.subscribe(() => undefined)
    await expect.poll(() => live.current.status).toBe('ACTIVE')
    const List = () => <p>{useLive(live).status}</p>
    expect(renderToString(<List />)).toBe('<p>PENDING</p>')
  })

  it('leaves a suspending query to the page where the engine can’t be reached', async () => {
    const todos = openDatabase('server').table(Todos)
    const List = () => <p>{useLiveSuspenseQuery(todos.query({ list: 'a' })).items.length}</p>
    const html = await renderStreamed(<Suspense fallback={<i>wait</i>}><List /></Suspense>)
    expect(html).toContain('<i>wait</i>')
    expect(html).not.toContain('<p>')
  })
})

describe('a suspending query', () => {
  it('waits until the items are there, asks once, and is kept while React comes back to it', async () => {
    await using db = openTestDatabase()
    const todos = db.table(Todos)
    await todos.put({ list: 'a', id: '1', title: 'Milk' })
    const thrown = new Set<unknown>()
    function useTitles() {
      try {
        return useLiveSuspenseQuery(todos.query({ list: 'a' })).items.map((todo) => todo.title)
      } catch (error) {
        thrown.add(error)
        throw error
      }
    }
    const List = () => <p>{useTitles().join()}</p>
    const html = await renderStreamed(createElement(Suspense, { fallback: 'wait' }, <List />, <List />))
    expect(html).toBe('<!--$--><p>Milk</p><p>Milk</p><!--/$-->')
    expect(thrown.size).toBe(1)
    await turn()
    expect(todos.query({ list: 'a' }).live().current.status).toBe('ACTIVE')
  })

  it('throws to the error boundary what ended the query', async () => {
    await using db = openTestDatabase()
    await db.table(Todos).put({ list: 'a', id: '1', title: 'Milk' })
    const wrong = db.table(table('Todos', { partitionKey: 'id', attributes: { id: S() } }))
    const live = wrong.query({ id: '1' }).live()
    const errors: string[] = []
    live.subscribe({ next: () => undefined, error: (error) => errors.push(error.name) })
    await expect.poll(() => live.current.status).toBe('FAILED')
    const List = () => <p>{useLiveSuspenseQuery(wrong.query({ id: '1' })).items.length}</p>
    expect(() => renderToString(<List />)).toThrow(/rename the table/)
    expect(errors).toEqual(['ValidationException'])
  })
})
