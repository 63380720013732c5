using System.Net;
using System.Net.Sockets;

namespace Ingest.EndToEnd;

/// <summary>Two test processes never choose the same port: each takes a range as one process does.</summary>
public sealed class PortRangeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ranges_have_no_port_in_common_and_one_that_is_left_is_taken_again()
    {
        using var first = PortRange.Take(_folder.Path);
        var others = TakeAll();
        var starts = others.Select(range => range.First).Append(first.First).Order().ToList();
        Assert.True(starts.Count > 1);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(pair.First + PortRange.Size <= pair.Second));

        Assert.Throws<InvalidOperationException>(() => PortRange.Take(_folder.Path));
        first.Dispose();
        using var again = PortRange.Take(_folder.Path);
        Assert.Equal(first.First, again.First);
        others.ForEach(range => range.Dispose());
    }

    [Fact]
    public void A_port_is_chosen_once_and_never_one_on_which_something_listens()
    {
        // One that no other test process has meanwhile: this one listens.
        using var range = PortRange.Take(StablePort.Folder);
        var chosen = new HashSet<int>();
        using var listener = new TcpListener(IPAddress.Loopback, range.Choose());
        listener.Start();
        // Less than all: other programs of this machine may have some.
        for (var i = 0; i < PortRange.Size / 2; i++)
        {
            var port = range.Choose();
            Assert.InRange(port, range.First, range.First + PortRange.Size - 1);
            Assert.True(chosen.Add(port), $"{port} was chosen twice.");
        }

        for (var i = 0; i < PortRange.Size; i++)
            Assert.NotEqual(((IPEndPoint)listener.LocalEndpoint).Port, range.Choose());
    }

    private List<PortRange> TakeAll()
    {
        var ranges = new List<PortRange>();
        try
        {
            while (true)
                ranges.Add(PortRange.Take(_folder.Path));
        }
        catch (InvalidOperationException)
        {
            return ranges;
        }
    }
}
