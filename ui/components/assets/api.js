// Calls Docket's own routes.

/**
 * What came back; a status of 0 means that no answer came.
 *
 * @typedef {{ status: number, body: any, detail: string }} Answer
 */

const LOST = "Docket could not be reached."

/**
 * @param {string} method
 * @param {string} path  below /api/v1
 * @param {{ json?: unknown, keepalive?: boolean, signal?: AbortSignal }} options
 * @returns {Promise<Answer>}
 */
export async function call(method, path, { json, keepalive = false, signal } = {}) {
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method,
      keepalive,
      signal,
      credentials: "same-origin",
      headers: json === undefined ? {} : { "content-type": "application/json" },
      body: json === undefined ? undefined : JSON.stringify(json),
    })
    const body = await answer.json().catch(() => null)
    return { status: answer.status, body, detail: body?.detail ?? "" }
  } catch {
    return { status: 0, body: null, detail: LOST }
  }
}

/**
 * The same for one file, with progress from 0 to 1. Returns how to give up.
 *
 * @param {File} file
 * @param {{ progress: (part: number) => void, done: (answer: Answer) => void }} hearers
 * @returns {() => void}
 */
export function upload(file, { progress, done }) {
  const request = new XMLHttpRequest()
  const form = new FormData()
  form.append("file", file, file.name)
  request.open("POST", "/api/v1/attachments")
  request.responseType = "json"
  request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
  request.onload = () =>
    done({ status: request.status, body: request.response, detail: request.response?.detail ?? "" })
  request.onerror = () => done({ status: 0, body: null, detail: LOST })
  request.send(form)
  return () => request.abort()
}
