using System.Globalization;

namespace Ingest.Simulation;

/// <summary>
/// A tracker: makes events, keeps them until a request that held them was answered with success, and sends them again
/// until then.
/// </summary>
internal sealed class Tracker(IFront front, TrackerKind kind, string source, int eventsMax)
{
    private readonly List<SimEvent> _kept = [];
    private int _made;

    /// <summary>It has nothing more to send.</summary>
    public bool IsDone { get; private set; }

    private Chance Chance => front.Simulation.Chance;

    private TimeProvider Clock => front.Clients.Clock;

    public async Task RunAsync()
    {
        var failures = 0;
        while (true)
        {
            MakeEvents();
            if (_kept.Count == 0)
            {
                if (_made == eventsMax)
                    break;
                await Task.Delay(Chance.Skewed(TimeSpan.FromMilliseconds(1), front.EventPauseMax), Clock);
                continue;
            }

            var request = NextRequest();
            var status = await SendAsync(request);
            if (TrackerKind.IsSuccess(status) && !Chance.OneIn(20))
            {
                failures = 0;
                _kept.RemoveAll(request.Contains);
            }
            else if (++failures >= kind.TriesMax)
            {
                // The tracker's loss: nobody told it that its events were safe.
                failures = 0;
                _kept.RemoveAll(request.Contains);
            }
            else
                await Task.Delay(kind.PauseAfter(failures, Chance), Clock);
        }

        IsDone = true;
    }

    private void MakeEvents()
    {
        if (_kept.Count > 0 && Chance.OneIn(2))
            return;
        for (var count = Chance.Next(front.IsCalm ? eventsMax + 1 : 8); count > 0 && _made < eventsMax; count--, _made++)
            _kept.Add(front.NextEvent(source));
    }

    /// <summary>The oldest events; now and then one of them twice, as a page that is being left may send it.</summary>
    private List<SimEvent> NextRequest()
    {
        var request = _kept.Take(1 + Chance.Next(kind.BatchMax)).ToList();
        if (Chance.OneIn(20))
            request.Add(Chance.OfList(request));
        return request;
    }

    private async Task<int> SendAsync(IReadOnlyList<SimEvent> request)
    {
        // Two tabs of one page may send the same at once.
        if (Chance.OneIn(20))
            front.Clients.Start(() => front.RequestAsync(source, request, kind.Timeout));
        var status = await front.RequestAsync(source, request, kind.Timeout);
        front.Simulation.Note(
            kind.Name, string.Create(CultureInfo.InvariantCulture, $"{request.Count} events of {source}, first {request[0].Number}: {status}"));
        return status;
    }
}
