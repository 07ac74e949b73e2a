/** `hilum reviews` as commander knows it. */
import { Command } from 'commander';
import { exportReviews, listReaders, type ExportReviewsOptions, type ListReadersOptions } from './commands/reviews';
import { addHelpCommand } from './helpCommand';
import type { Run } from './program';

export function reviewsCommand(run: Run): Command {
  const reviews = new Command('reviews').description('what readers have said of films in the window');
  reviews
    .command('list')
    .description('list the readers and how much they have answered')
    .option('--json', 'one JSON object')
    .action((options: ListReadersOptions) => run((composition) => listReaders(composition, options)));
  reviews
    .command('export')
    .description("write a reader's answers as a table of labels")
    .argument('<file.csv>', 'where to; - is standard output')
    .option('--reader <name>', 'whose answers (needed where several have answered)')
    .option('--all', 'the answers of everybody: a row a film and reader, for evaluate --readers')
    .addHelpText('after', EXPORT_HELP)
    .action((file: string, options: ExportReviewsOptions) =>
      run((composition) => exportReviews(composition, file, options)),
    );
  addHelpCommand(reviews, 'show help of a command');
  reviews.addHelpText('after', REVIEWS_HELP);
  return reviews;
}

const REVIEWS_HELP = `
Examples:
  hilum reviews list
  hilum reviews export labels.csv --reader "Dr A"`;

const EXPORT_HELP = `
One row a film that was answered anything about: file, patient, then one column a finding with 1 present, 0 absent,
-1 unsure, blank not answered. Training and evaluation read it like any other table of labels. Only the latest answer
to each question counts; what a reader said before stays in the database. No file is overwritten.

Examples:
  hilum reviews list
  hilum reviews export labels.csv --reader "Dr A"`;
