using System.Collections.Frozen;
using System.Text;

namespace Ingest.Collector;

/// <summary>A parameter of the tracker protocol that the collector itself reads; all others are kept and not looked at.</summary>
public enum TrackerParameter : byte
{
    /// <summary><c>aid</c>: the app that sent it.</summary>
    AppId,

    /// <summary><c>e</c>: the kind of event.</summary>
    EventType,

    /// <summary><c>eid</c>: the event's id.</summary>
    EventId,

    /// <summary><c>p</c>: the platform.</summary>
    Platform,

    /// <summary><c>tv</c>: the tracker's version.</summary>
    TrackerVersion,

    /// <summary><c>dtm</c>: when it happened by the device's clock.</summary>
    DeviceCreated,

    /// <summary><c>stm</c>: when it was sent by the device's clock.</summary>
    DeviceSent,

    /// <summary><c>ttm</c>: when it happened by a clock the sender vouches for.</summary>
    TrueTime,

    /// <summary><c>ue_pr</c>: a self-describing event, as JSON.</summary>
    EventJson,

    /// <summary><c>ue_px</c>: the same in base64url.</summary>
    EventBase64,

    /// <summary><c>co</c>: contexts (entities), as JSON.</summary>
    ContextsJson,

    /// <summary><c>cx</c>: the same in base64url.</summary>
    ContextsBase64,

    /// <summary><c>nuid</c>: the visitor's network id as the sender has it.</summary>
    NetworkUserId,

    /// <summary>Any other.</summary>
    Other,
}

/// <summary>The parameters that the tracker protocol knows. Another one in a payload is an error.</summary>
public static class TrackerParameters
{
    /// <summary>Number of parameters that are read: all but <see cref="TrackerParameter.Other"/>.</summary>
    public const int ReadCount = (int)TrackerParameter.Other;

    private const int NameLengthMax = 7;

    private const string Others =
        "tna tz tid duid uid vid sid tnuid ip res url page refr fp ctype cookie lang " +
        "f_pdf f_qt f_realp f_wma f_dir f_fla f_java f_gears f_ag cd ds cs vp mac ua " +
        "pp_mix pp_max pp_miy pp_may ad_ba ad_ca ad_ad ad_uid " +
        "tr_id tr_af tr_tt tr_tx tr_sh tr_ci tr_st tr_co tr_cu " +
        "ti_id ti_sk ti_nm ti_na ti_ca ti_pr ti_qu ti_cu " +
        "sa sn st sp se_ca se_ac se_la se_pr se_va ue_na";

    private static readonly FrozenDictionary<ulong, TrackerParameter> ByName = Names()
        .ToFrozenDictionary(p => Pack(Encoding.ASCII.GetBytes(p.Name)), p => p.Parameter);

    /// <summary>The parameter's name.</summary>
    public static string NameOf(TrackerParameter parameter) => parameter switch
    {
        TrackerParameter.AppId => "aid",
        TrackerParameter.EventType => "e",
        TrackerParameter.EventId => "eid",
        TrackerParameter.Platform => "p",
        TrackerParameter.TrackerVersion => "tv",
        TrackerParameter.DeviceCreated => "dtm",
        TrackerParameter.DeviceSent => "stm",
        TrackerParameter.TrueTime => "ttm",
        TrackerParameter.EventJson => "ue_pr",
        TrackerParameter.EventBase64 => "ue_px",
        TrackerParameter.ContextsJson => "co",
        TrackerParameter.ContextsBase64 => "cx",
        TrackerParameter.NetworkUserId => "nuid",
        _ => throw new ArgumentOutOfRangeException(nameof(parameter)),
    };

    /// <summary>The parameter of this name; null where the protocol knows none.</summary>
    public static TrackerParameter? Find(ReadOnlySpan<byte> name) =>
        name.Length <= NameLengthMax && ByName.TryGetValue(Pack(name), out var parameter) ? parameter : null;

    /// <summary>Every name that the protocol knows, with what it means to us.</summary>
    public static IEnumerable<(string Name, TrackerParameter Parameter)> Names()
    {
        for (var parameter = TrackerParameter.AppId; parameter < TrackerParameter.Other; parameter++)
            yield return (NameOf(parameter), parameter);
        foreach (var name in Others.Split(' '))
            yield return (name, TrackerParameter.Other);
    }

    /// <summary>A name as one number: its length in the highest byte, then its bytes.</summary>
    private static ulong Pack(ReadOnlySpan<byte> name)
    {
        var packed = (ulong)name.Length;
        foreach (var b in name)
            packed = (packed << 8) | b;
        return packed << (8 * (NameLengthMax - name.Length));
    }
}
