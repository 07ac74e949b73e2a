/** Imports films until it is killed, and prints the content of each that the database acknowledged. A test's child. */
import { openDatabaseClient } from '#main/database/openDatabaseClient';
import { makePrediction, makeStudyFilm, originOf } from './makeFilm';

const [, , file = '', workerFile = '', name = ''] = process.argv;

async function importUntilKilled(): Promise<void> {
  const client = await openDatabaseClient({ file, actor: name, workerFile });
  for (let each = 0; ; each++) {
    const film = makeStudyFilm(`${name} ${each % 5}`, `${name} ${each}`);
    const { filmId } = await client.importFilm({ film, origin: originOf(`/${name}/${each}.dcm`) });
    await client.storePrediction(makePrediction(filmId, [0.4, 0.1, 0.2]));
    process.stdout.write(`${film.contentSha256}\n`);
  }
}

void importUntilKilled();
