using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Node.Tests;

/// <summary>Pressure is a core that is busy for half a minute on end, not a spike and not a leap of the clock.</summary>
public sealed class PressureGaugeTests
{
    private static readonly HostingOptions Options = new() { PressureWindow = TimeSpan.FromSeconds(5), PressureWindows = 3, PressureShare = 0.75 };

    private readonly PressureGauge _gauge = new(Options);
    private Instant _now = new(1_000_000_000_000);

    public PressureGaugeTests() => Assert.False(_gauge.IsHigh(_now));

    [Fact]
    public void It_is_high_after_so_many_busy_windows_and_begins_anew()
    {
        Assert.Equal([false, false, true, false, false, true], Enumerable.Range(0, 6).Select(_ => Window(turns: 0.8)));
    }

    [Theory]
    [InlineData(0.76, 0, true)]
    [InlineData(0, 0.76, true)]
    [InlineData(0.74, 0.74, false)]
    public void Turns_and_compression_each_have_a_core_of_their_own(double turns, double encoding, bool isHigh) =>
        Assert.Equal([false, false, isHigh], Enumerable.Range(0, 3).Select(_ => Window(turns, encoding)).ToList());

    [Fact]
    public void A_quiet_window_in_between_starts_the_count_again()
    {
        bool[] seen = [Window(0.9), Window(0.9), Window(0.1), Window(0.9), Window(0.9), Window(0.9)];
        Assert.Equal([false, false, false, false, false, true], seen);
    }

    [Fact]
    public void Questions_within_a_window_change_nothing()
    {
        for (var i = 0; i < 30; i++)
        {
            _gauge.TurnTook(TimeSpan.FromSeconds(0.45));
            _now += TimeSpan.FromSeconds(0.5);
            Assert.Equal(i == 29, _gauge.IsHigh(_now));
        }
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public void A_leap_of_the_clock_says_nothing(int seconds)
    {
        Assert.False(Window(0.9) || Window(0.9));
        _gauge.TurnTook(TimeSpan.FromHours(1));
        _now += TimeSpan.FromSeconds(seconds);
        Assert.False(_gauge.IsHigh(_now));
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => Window(0.9)));
    }

    private bool Window(double turns, double encoding = 0)
    {
        _gauge.TurnTook(Options.PressureWindow * turns);
        _gauge.Encoded(Options.PressureWindow * encoding);
        _now += Options.PressureWindow;
        return _gauge.IsHigh(_now);
    }
}
