using System.Globalization;
using System.Text;
using Ingest.Tracker;

// Tracks until it is killed, from several threads, and prints the id of each event that was stored, one a line.
// Arguments: the file, the collector, the number of threads.
var output = Console.Out;
var tracker = IngestTracker.Open(new TrackerOptions
{
    File = args[0],
    Protocol = new IngestProtocol("shop", "shop-key"),
    Endpoints = [new TrackerEndpoint(args[1])],
    BatchDelay = TimeSpan.Zero,
    BatchEventsMax = 50,
    RetryPauseMin = TimeSpan.FromMilliseconds(10),
    RetryPauseMax = TimeSpan.FromMilliseconds(100),
});
await using var _ = tracker;
var data = Encoding.UTF8.GetBytes("{\"text\":\"" + new string('x', 2_000) + "\"}");
var threads = Enumerable.Range(0, int.Parse(args[2], CultureInfo.InvariantCulture)).Select(_ => new Thread(Track)).ToList();
threads.ForEach(thread => thread.Start());
threads.ForEach(thread => thread.Join());
return;

void Track()
{
    while (true)
    {
        var id = Guid.NewGuid().ToString();
        // On a slow machine another process may keep this one from writing for too long.
        if (tracker.Track("tick", data, eventId: id) != TrackResult.Stored)
            continue;
        // One write each: a line is there whole or not at all when the process is killed.
        lock (output)
        {
            output.Write(id + "\n");
            output.Flush();
        }
    }
}
