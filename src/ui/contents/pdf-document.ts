/**
 * The pages of a PDF, drawn by pdf.js: two threads of its own read and draw, and are ended with the document, whatever they are
 * at. Nothing of a document runs: its scripts, forms and links are not looked at, and it is asked for nothing but its bytes.
 */
import {
  AnnotationMode,
  getDocument,
  GlobalWorkerOptions,
  InvalidPDFException,
  PasswordException,
  PasswordResponses,
  PDFDataRangeTransport,
  PDFWorker,
  TextLayer,
  VerbosityLevel,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from 'pdfjs-dist';
import PdfReader from 'pdfjs-dist/build/pdf.worker.mjs?worker';
import PdfRenderer from 'pdfjs-dist/build/pdf.renderer.mjs?worker';
import decoder from 'pdfjs-dist/wasm/openjpeg_nowasm_fallback.js?url&no-inline';
import 'pdfjs-dist/wasm/jbig2_nowasm_fallback.js?url&no-inline';
import { PdfData } from './pdf-data.ts';
import type { ShownFile } from './shown-file.ts';

/** What is read of a file at once. Bytes. */
const CHUNK = 256 * 1024;
/** The largest picture in a page, and the largest canvas. Pixels. */
const MOST_PICTURE = 64 * 1024 * 1024;
const MOST_CANVAS = 8 * 1024 * 1024;
/** The sides of a page that make sense, and a page where they do not. Points. */
const LEAST_SIDE = 0.75;
const MOST_SIDE = 750_000;
const ODD_PAGE = { width: 612, height: 792 };

/** Points. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export interface PdfQuestions {
  /** Asks for the password; `wrong`: after one that was not right. */
  readonly onPassword: (answer: (password: string) => void, wrong: boolean) => void;
}

/** What cannot be drawn, because it is damaged, or needs what is not there. */
export class NotDrawn extends Error {
  override name = 'NotDrawn';
}

export class PdfDocument {
  readonly #document: PDFDocumentProxy;

  private constructor(document: PDFDocumentProxy) {
    this.#document = document;
  }

  /** Fails with NotDrawn for what is no PDF that can be read, and with what `file` fails with. `signal` ends it, and its threads, at once. */
  static async open(
    file: ShownFile,
    { onPassword }: PdfQuestions,
    signal: AbortSignal,
  ): Promise<PdfDocument> {
    signal.throwIfAborted();
    const threads = [new PdfReader(), new PdfRenderer()] as const;
    const end = () => threads.forEach((thread) => thread.terminate());
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    const stop = () => {
      end();
      failed.reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    // A thread that did not start.
    for (const thread of threads)
      thread.addEventListener('error', () => failed.reject(new NotDrawn('the thread failed')));
    try {
      GlobalWorkerOptions.rendererPorts = [threads[1]];
      const task = getDocument({
        range: new FileRange(file, signal, failed.reject),
        rangeChunkSize: CHUNK,
        disableAutoFetch: true,
        disableStream: true,
        worker: PDFWorker.create({ port: threads[0], verbosity: VerbosityLevel.ERRORS }),
        verbosity: VerbosityLevel.ERRORS,
        BinaryDataFactory: PdfData,
        useWorkerFetch: false,
        useSystemFonts: true,
        // Not here at all: what it would be used for is done by scripts, which lie beside one another.
        useWasm: false,
        wasmUrl: new URL(decoder.slice(0, decoder.lastIndexOf('/') + 1), document.baseURI).href,
        maxImageSize: MOST_PICTURE,
        canvasMaxAreaInBytes: 4 * MOST_CANVAS,
        enableXfa: false,
      });
      task.onPassword = (answer: (password: string) => void, reason: number) =>
        onPassword(answer, reason === PasswordResponses.INCORRECT_PASSWORD);
      return new PdfDocument(await Promise.race([task.promise, failed.promise]));
    } catch (error) {
      end();
      if (error instanceof InvalidPDFException || error instanceof PasswordException)
        throw new NotDrawn(String(error));
      throw error;
    }
  }

  get pages(): number {
    return this.#document.numPages;
  }

  /** Number from 1. Fails with NotDrawn for a page that is not there after all. */
  async page(number: number): Promise<PdfPage> {
    try {
      return new PdfPage(await this.#document.getPage(number));
    } catch (error) {
      throw new NotDrawn(String(error));
    }
  }
}

export class PdfPage {
  readonly #page: PDFPageProxy;
  readonly size: PageSize;

  constructor(page: PDFPageProxy) {
    this.#page = page;
    const { width, height } = page.getViewport({ scale: 1 });
    const isSide = (side: number) => side >= LEAST_SIDE && side < MOST_SIDE;
    this.size = isSide(width) && isSide(height) ? { width, height } : ODD_PAGE;
  }

  /** A canvas `width` CSS pixels wide, with what is in `page`. Fails with NotDrawn. */
  async draw(canvas: HTMLCanvasElement, width: number, signal: AbortSignal): Promise<void> {
    const wanted = (width / this.size.width) * devicePixelRatio;
    const most = Math.sqrt(MOST_CANVAS / (this.size.width * this.size.height));
    const viewport = this.#page.getViewport({ scale: Math.min(wanted, most) });
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    const task = this.#page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE });
    signal.addEventListener('abort', () => task.cancel(), { once: true });
    try {
      await task.promise;
    } catch (error) {
      signal.throwIfAborted();
      throw new NotDrawn(String(error));
    }
  }

  /** Its letters, to be marked and read aloud, laid over what was drawn. `width`: CSS pixels. Returns whether it has any. */
  async write(container: HTMLElement, width: number, signal: AbortSignal): Promise<boolean> {
    const viewport = this.#page.getViewport({ scale: width / this.size.width });
    const layer = new TextLayer({ textContentSource: this.#page.streamTextContent(), container, viewport });
    signal.addEventListener('abort', () => layer.cancel(), { once: true });
    await layer.render();
    return layer.textContentItemsStr.some((text) => text.trim() !== '');
  }

  /** What it took to draw it is let go. */
  release(): void {
    this.#page.cleanup();
  }
}

/** pdf.js reads what it wants of the file, where it wants it. */
class FileRange extends PDFDataRangeTransport {
  readonly #file: ShownFile;
  readonly #signal: AbortSignal;
  readonly #onFailure: (error: unknown) => void;

  constructor(file: ShownFile, signal: AbortSignal, onFailure: (error: unknown) => void) {
    super(file.size, null);
    this.#file = file;
    this.#signal = signal;
    this.#onFailure = onFailure;
  }

  override requestDataRange(begin: number, end: number): void {
    this.#file.read(begin, end, this.#signal).then((bytes) => {
      // What is given is transferred, and may be all that there is of the file.
      if (!this.#signal.aborted) this.onDataRange(begin, bytes.slice());
    }, this.#onFailure);
  }
}
