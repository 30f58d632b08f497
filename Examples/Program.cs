using Proxima.Examples;
using Spectre.Console;

return CommandLine.Run(args, CommandLine.Wide(AnsiConsole.Console));
