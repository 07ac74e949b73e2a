/** The pictures of the films that a model was most wrong about. They stay: the window shows them, and a saved page has them. */
import type { ErrorGallery } from '#main/contract/evaluation';
import { drawPictures } from '#main/workflows/evaluation/reportPictures';
import type { Workplace } from '#main/workflows/openWorkplace';
import type { TaskReporter } from '#main/workflows/taskList';

export async function drawGalleries(
  workplace: Workplace,
  galleries: Readonly<Record<string, ErrorGallery>>,
  reporter: TaskReporter,
): Promise<void> {
  reporter.phase('pictures');
  await drawPictures(workplace, galleries, (film) => workplace.pixels.picturePathFor(film), {
    signal: reporter.signal,
    onProgress: (done) => reporter.done(done),
  });
}
