using Ingest.Tracker;
using Ingest.Tracker.Sample;

// Tracks each line of the standard input as an event, and says at the end what became of them. Try it with the collector
// down: what was not delivered is in the file, and goes out at the next start.
// Usage: dotnet run -- [COLLECTOR [SOURCE [KEY]]]
var collector = args.ElementAtOrDefault(0) ?? "http://localhost:8080";
await using var tracker = IngestTracker.Open(new TrackerOptions
{
    File = Path.Combine(Path.GetTempPath(), "ingest-tracker-sample", "events.db"),
    Protocol = new IngestProtocol(args.ElementAtOrDefault(1) ?? "demo", args.ElementAtOrDefault(2) ?? "demo-write-key"),
    Endpoints = [new TrackerEndpoint(collector)],
    OnProblem = problem => Console.Error.WriteLine(problem ?? "delivering again"),
    OnDropped = dropped => Console.Error.WriteLine($"dropped {dropped.EventId}: {dropped.Reason}"),
});

while (Console.ReadLine() is { } text)
    tracker.Track("line", new Line(text), SampleJson.Default.Line);

using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
try
{
    await tracker.FlushAsync(patience.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("The rest is sent at the next start.");
}
var stats = tracker.ReadStats();
Console.WriteLine($"{stats.Delivered} delivered, {stats.Pending} waiting, {stats.SetAside} refused");
