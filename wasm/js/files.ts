import { invalid, unavailable } from './errors.js';

/** Lets the person at the page save a text as a file. */
export function downloadText(fileName: string, text: string): void {
  if (typeof document === 'undefined') {
    throw unavailable('only a page can offer a file to save; write what export() gives to one yourself');
  }
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken its own hold of the file once the click has been dealt with.
  setTimeout(() => URL.revokeObjectURL(url));
}

/** What a file of JSON holds, which must be in UTF-8. */
export async function readJson(file: Blob): Promise<unknown> {
  if (!(file instanceof Blob)) throw invalid({ entity: 'tournament' }, 'file', 'must be a Blob, such as a File');
  const bytes = await file.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid({ entity: 'tournament' }, 'file', 'is not JSON in UTF-8', { cause });
  }
}
