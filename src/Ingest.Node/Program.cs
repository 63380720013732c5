using System.CommandLine;
using System.CommandLine.Invocation;
using Ingest.Node;

// Signals are the host's own business: it drains before it ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
var parsed = RunCommand.Create(RunHost.RunAsync).Parse(args);
if (parsed.Action is ParseErrorAction mistakes)
    mistakes.ShowHelp = false;
return await parsed.InvokeAsync(invocation);
