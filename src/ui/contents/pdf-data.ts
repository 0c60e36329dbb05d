/**
 * What pdf.js asks for by name while it draws: tables of CJK encodings, and the two symbol fonts that no system has alike. They
 * are files of the build, fetched from where the page comes from when a document wants them.
 */
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    ...import.meta.glob<string>('../../../node_modules/pdfjs-dist/cmaps/*.bcmap', {
      query: '?url&no-inline',
      import: 'default',
      eager: true,
    }),
    ...import.meta.glob<string>(
      '../../../node_modules/pdfjs-dist/standard_fonts/Foxit{Symbol,Dingbats}.pfb',
      { query: '?url&no-inline', import: 'default', eager: true },
    ),
  }).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]),
);

/** In the shape that pdf.js makes one by. Fails where there is no file of that name, or it does not come. */
export class PdfData {
  async fetch({ filename }: { readonly filename: string }): Promise<Uint8Array> {
    const url = Object.hasOwn(FILES, filename) ? FILES[filename] : undefined;
    if (url === undefined) throw new Error(`no file ${filename}`);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}
