using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ingest.Hosting;
using Ingest.Node;
using Ingest.Silo;

// Signals are the host's own business: it drains before it ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
var runtimes = new Dictionary<string, string>(StringComparer.Ordinal)
{
    ["orleans"] = "a silo, alone or one of many with --postgres",
    ["node"] = "this process alone, without Orleans",
};
var siloCommand = new SiloCommand();

// The launcher's words, so that help and errors show what was typed.
var launcher = new Command("./ingest") { RunCommand.Create(runtimes, siloCommand.Options, RunAsync) };
launcher.Options.Add(new HelpOption());
var parsed = launcher.Parse(["run", .. args]);
if (parsed.Action is ParseErrorAction mistakes)
    mistakes.ShowHelp = false;
return await parsed.InvokeAsync(invocation);

async Task<int> RunAsync(RunSettings settings, ParseResult line)
{
    if (string.Equals(settings.Runtime, "node", StringComparison.Ordinal))
        return await ServerHost.RunAsync(settings, new NodeRuntime(), []);
    var found = new List<string>();
    var silo = siloCommand.Read(line, settings, found);
    return await ServerHost.RunAsync(settings, new SiloRuntime(silo), found);
}
