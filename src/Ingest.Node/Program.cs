using System.CommandLine;
using Ingest.Node;

// Signals are the host's own business: it drains before it ends.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await RunCommand.Create(RunHost.RunAsync).Parse(args).InvokeAsync(invocation);
