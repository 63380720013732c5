using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ingest.Hosting;
using Ingest.Node;

// Signals are the host's own business: it drains before it ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };

// The launcher's words, so that help and errors show what was typed.
var runtimes = new Dictionary<string, string>(StringComparer.Ordinal) { ["node"] = "this process alone" };
var launcher = new Command("./ingest")
{
    RunCommand.Create(runtimes, [], (settings, _) => ServerHost.RunAsync(settings, new NodeRuntime(), [])),
};
launcher.Options.Add(new HelpOption());
var parsed = launcher.Parse(["run", .. args]);
if (parsed.Action is ParseErrorAction mistakes)
    mistakes.ShowHelp = false;
return await parsed.InvokeAsync(invocation);
