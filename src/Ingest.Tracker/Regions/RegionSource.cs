#if NET
using System.Security.Cryptography;

namespace Ingest.Tracker;

/// <summary>
/// Looks for a list of regions now and then, and puts it in force. Sending does not wait for it, and what goes wrong with
/// it changes nothing.
/// </summary>
internal sealed class RegionSource : IDisposable
{
    private const string ListPath = "/.well-known/ingest-regions";

    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(30);

    private readonly TrackerOptions _options;
    private readonly EventFile _file;
    private readonly Transport _transport;
    private readonly EndpointPool _pool;
    private readonly ECDsa? _key;
    private RegionList? _known;
    private RegionList? _inForce;
    private Task<RegionList?> _fetch = Task.FromResult<RegionList?>(null);
    private TimeSpan _nextFetch;
    private int _fetches;
    private long _refused;

    public RegionSource(TrackerOptions options, EventFile file, Transport transport, EndpointPool pool)
    {
        (_options, _file, _transport, _pool) = (options, file, transport, pool);
        if (options.RegionList is null)
            return;
        _key = options.RegionList.ReadKey();
        _known = ReadKept(file.ReadRegionList());
    }

    /// <summary>Lists that were not taken.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Puts in force what was fetched, and begins to fetch when it is time.</summary>
    public void Refresh(CancellationToken stop)
    {
        if (_key is null)
            return;
        // A list may be signed again as it was, to last longer.
        if (_fetch.IsCompletedSuccessfully && _fetch.Result is { } fetched && (_known is null || !fetched.Body.SequenceEqual(_known.Body)))
        {
            _known = fetched;
            Keep(fetched);
        }
        var usable = _known is not null && _known.ExpiresAt > _options.Clock.UtcNow ? _known : null;
        if (usable != _inForce)
        {
            _inForce = usable;
            _pool.Replace(usable?.Endpoints ?? _options.Endpoints);
        }
        if (_fetch.IsCompleted && _options.Clock.Elapsed >= _nextFetch)
        {
            _nextFetch = _options.Clock.Elapsed + Min(FailurePause, _options.RegionList!.RefreshPeriod);
            _fetch = FetchAsync(stop);
        }
    }

    /// <summary>Waits until a fetch that was cancelled is over.</summary>
    public Task StopAsync() => _fetch;

    public void Dispose() => _key?.Dispose();

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Writes a list down for the next start, unless another tracker of the file has written a newer one.</summary>
    private void Keep(RegionList list)
    {
        try
        {
            _file.WriteRegionList(list.Body, list.Signature, kept => ReadKept(kept) is not { } other || !list.IsOlderThan(other));
        }
        catch (SqliteFault)
        {
            // It is in force all the same, and fetched again after the next start.
        }
    }

    private RegionList? ReadKept((byte[] Body, byte[] Signature)? kept) =>
        kept is { } found ? RegionList.Read(found.Body, found.Signature, _key!) : null;

    /// <returns>A list that is good and not older than the one known; null where there is none. It does not throw.</returns>
    private async Task<RegionList?> FetchAsync(CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_options.RequestTimeout);
        try
        {
            // Another place each time: the first may be the region that is lost.
            List<TrackerEndpoint> places = [.. _options.Endpoints, .. _known?.Endpoints ?? []];
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(places[_fetches++ % places.Count].Url, ListPath));
            using var response = await _transport.Client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return null;
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token).ConfigureAwait(false);
            var header = response.Headers.TryGetValues("Ingest-Signature", out var values) ? values.First() : null;
            var list = RegionList.SignatureOf(header) is { } signature ? RegionList.Read(body, signature, _key!) : null;
            if (list is null || list.ExpiresAt <= _options.Clock.UtcNow || (_known is not null && list.IsOlderThan(_known)))
            {
                Interlocked.Increment(ref _refused);
                return null;
            }
            _nextFetch = _options.Clock.Elapsed + _options.RegionList!.RefreshPeriod;
            return list;
        }
        catch (Exception)
        {
            // Whatever it was, the next look is at another place.
            return null;
        }
    }
}
#endif
