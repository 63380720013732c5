using System.Collections.Concurrent;
using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Grains.Tests;

/// <summary>
/// Clients that send without pause until told to stop, each request again and again until it is stored, as trackers do.
/// Their balancer knows which silos take requests.
/// </summary>
internal sealed class Load(string source, Func<IReadOnlyList<TestSilo>> silos)
{
    private const int EventsPerRequest = 5;

    private readonly ConcurrentQueue<string> _stored = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly CancellationTokenSource _stop = new();
    private long _accepted;

    /// <summary>Ids whose request was answered with success.</summary>
    public IReadOnlyCollection<string> Stored => _stored;

    /// <summary>Reasons for which clients were told to send again.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>Events that partitions said to be new, over all answers.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Starts clients.</summary>
    public Load Start(int clients)
    {
        _running = Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => SendAsync(client))));
        return this;
    }

    private Task _running = Task.CompletedTask;

    /// <summary>Waits until so many more requests were stored.</summary>
    public Task UntilMoreAsync(int requests)
    {
        var wanted = _stored.Count + (requests * EventsPerRequest);
        return IngestCluster.UntilAsync(() => _stored.Count >= wanted || _running.IsCompleted);
    }

    /// <summary>Lets every client finish its request.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Deadline.Delivery);
        _stop.Dispose();
    }

    private async Task SendAsync(int client)
    {
        var random = new Random(client);
        for (var request = 0; !_stop.IsCancellationRequested; request++)
        {
            string[] ids = [.. Enumerable.Range(0, EventsPerRequest).Select(i => string.Create(CultureInfo.InvariantCulture, $"{source}-{client}-{request}-{i}"))];
            while (!await TrySendAsync(ids, random))
                await Task.Delay(random.Next(50), TestContext.Current.CancellationToken);
            foreach (var id in ids)
                _stored.Enqueue(id);
        }
    }

    private async Task<bool> TrySendAsync(string[] ids, Random random)
    {
        var candidates = silos();
        var silo = candidates[random.Next(candidates.Count)];
        var result = await silo.SendAsync(source, ids);
        // Of a silo that died meanwhile a client sees a broken connection, whatever the silo meant to say.
        if (!silo.IsAlive)
            return false;
        Interlocked.Add(ref _accepted, result.Accepted);
        if (result.Outcome == IntakeOutcome.Stored)
            return true;
        _errors.Enqueue($"{silo.Name}: {result.Reason}");
        return false;
    }
}
