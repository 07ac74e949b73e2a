/** `help [command…]` as commander has it, with a sentence where there is no such command. */
import { Command } from 'commander';

export function addHelpCommand(parent: Command, description: string): void {
  const help = new Command('help')
    .description(description)
    .argument('[command...]', 'the command')
    .helpOption(false)
    .action((names: readonly string[]): void => {
      let wanted = parent;
      for (const name of names) {
        const found = wanted.commands.find((command) => command.name() === name);
        if (found === undefined) return wanted.error(`There is no command ${name}; there are: ${namesOf(wanted)}.`);
        wanted = found;
      }
      wanted.help();
    });
  parent.helpCommand(false).addCommand(help);
}

function namesOf(parent: Command): string {
  const names = parent.commands.map((command) => command.name());
  return names.length === 0 ? 'none' : names.join(', ');
}
