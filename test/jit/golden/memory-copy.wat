(local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
i32.const 0
i32.load offset=0x0
local.set 0
i32.const 0
i32.load offset=0x4
local.set 1
i32.const 0
i32.load offset=0x8
local.set 2
i32.const 0
i32.load offset=0xc
local.set 3
i32.const 0
i32.load offset=0x10
local.set 4
i32.const 0
i32.load offset=0x14
local.set 5
i32.const 0
i32.load offset=0x18
local.set 6
i32.const 0
i32.load offset=0x1c
local.set 7
i32.const 0
i32.load offset=0x20
local.set 8
i32.const 0
i32.load offset=0x40
i32.const 31
i32.shl
local.set 9
i32.const 0
i32.load offset=0x44
i32.eqz
local.set 10
i32.const 0
i32.load offset=0x48
local.set 11
i32.const 1
local.set 12
i32.const 0
i32.load offset=0x4c
i32.const 31
i32.shl
local.set 13
i32.const 1
local.set 14
i32.const 0
i32.load offset=0x200004
local.set 15
i32.const 0
i32.load offset=0x20000c
local.set 16
i32.const 0
i32.load offset=0x134
local.set 25
block
  local.get 15
  i32.const 15
  i32.lt_s
  if (unlikely)
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 4
    local.set 17
    br 1
  end
  local.get 0
  local.set 26
  local.get 26
  local.set 27
  block
    local.get 27
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x400000
    local.tee 32
    local.get 27
    i32.or
    i32.const 3
    i32.and
    local.get 27
    i32.const 12
    i32.add
    local.get 27
    i32.xor
    i32.const -4096
    i32.and
    i32.or
    i32.eqz
    if (likely)
      local.get 32
      local.get 27
      i32.add
      local.set 33
      local.get 33
      i32.load offset=0x0
      local.set 28
      local.get 33
      i32.load offset=0x4
      local.set 29
      local.get 33
      i32.load offset=0x8
      local.set 30
      local.get 33
      i32.load offset=0xc
      local.set 31
      br 1
    end
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 2
    local.set 17
    br 1
  end
  local.get 26
  i32.const 16
  i32.add
  local.set 0
  local.get 28
  local.set 4
  local.get 29
  local.set 5
  local.get 30
  local.set 6
  local.get 31
  local.set 7
  local.get 1
  local.set 26
  local.get 26
  local.set 27
  block
    local.get 27
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x800000
    local.tee 28
    local.get 27
    i32.or
    i32.const 3
    i32.and
    local.get 27
    i32.const 12
    i32.add
    local.get 27
    i32.xor
    i32.const -4096
    i32.and
    i32.or
    i32.eqz
    if (likely)
      local.get 28
      local.get 27
      i32.add
      local.set 29
      local.get 29
      local.get 4
      i32.store offset=0x0
      local.get 29
      local.get 5
      i32.store offset=0x4
      local.get 29
      local.get 6
      i32.store offset=0x8
      local.get 29
      local.get 7
      i32.store offset=0xc
      br 1
    end
    i32.const 0
    i32.const 1
    i32.store offset=0x200000
    i32.const 2
    local.set 17
    br 1
  end
  local.get 26
  i32.const 16
  i32.add
  local.set 1
  local.get 2
  local.get 3
  i32.add
  local.set 26
  block
    local.get 26
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x400000
    local.tee 28
    i32.const 1
    i32.and
    i32.eqz
    if (likely)
      local.get 28
      local.get 26
      i32.add
      i32.load8_u offset=0x0
      local.set 27
      br 1
    end
    local.get 26
    i32.const 1
    i32.const 2
    local.get 15
    i32.const 1
    call_indirect type=0 table=0
    local.set 27
    i32.const 0
    i32.load offset=0x200004
    local.set 15
    i32.const 0
    i32.load offset=0x7c
    local.tee 19
    if (unlikely)
      local.get 19
      i32.const 1
      i32.and
      br_if 2
      local.get 27
      local.set 4
      i32.const 0
      i32.const 2
      i32.store offset=0x200000
      br 2
    end
  end
  local.get 27
  local.set 4
  local.get 1
  local.set 26
  local.get 26
  i32.const 2
  i32.add
  local.set 27
  local.get 27
  local.set 28
  local.get 4
  local.set 29
  block
    local.get 28
    i32.const 12
    i32.shr_u
    i32.const 2
    i32.shl
    i32.load offset=0x800000
    local.tee 30
    local.get 28
    i32.or
    i32.const 1
    i32.and
    i32.eqz
    if (likely)
      local.get 30
      local.get 28
      i32.add
      local.get 29
      i32.store16 offset=0x0
      br 1
    end
    local.get 28
    i32.const 2
    local.get 29
    i32.const 3
    local.get 15
    i32.const 2
    call_indirect type=1 table=0
    i32.const 0
    i32.load offset=0x200004
    local.set 15
    i32.const 0
    i32.load offset=0x7c
    local.tee 19
    if (unlikely)
      local.get 19
      i32.const 1
      i32.and
      br_if 2
      i32.const 0
      i32.const 3
      i32.store offset=0x200000
      br 2
    end
  end
  local.get 0
  local.set 26
  local.get 8
  local.set 27
  local.get 26
  local.get 27
  i32.sub
  local.set 28
  local.get 28
  local.set 9
  local.get 28
  local.set 10
  local.get 26
  local.get 27
  local.set 12
  local.set 11
  local.get 26
  local.get 27
  local.set 14
  local.set 13
  local.get 11
  local.get 12
  i32.ge_u
  i32.eqz
  local.set 34
  local.get 34
  if
    local.get 15
    i32.const 16
    i32.sub
    local.set 15
    local.get 20
    i32.const 6
    i32.add
    local.set 20
    i32.const 0
    i32.const 0
    i64.load offset=0x204040
    i64.const 1
    i64.add
    i64.store offset=0x204040
    loop
      local.get 15
      i32.const 15
      i32.lt_s
      if (unlikely)
        i32.const 0
        i32.const 0
        i32.store offset=0x200000
        i32.const 4
        local.set 17
        br 3
      end
      local.get 0
      local.set 26
      local.get 26
      local.set 27
      block
        local.get 27
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x400000
        local.tee 32
        local.get 27
        i32.or
        i32.const 3
        i32.and
        local.get 27
        i32.const 12
        i32.add
        local.get 27
        i32.xor
        i32.const -4096
        i32.and
        i32.or
        i32.eqz
        if (likely)
          local.get 32
          local.get 27
          i32.add
          local.set 33
          local.get 33
          i32.load offset=0x0
          local.set 28
          local.get 33
          i32.load offset=0x4
          local.set 29
          local.get 33
          i32.load offset=0x8
          local.set 30
          local.get 33
          i32.load offset=0xc
          local.set 31
          br 1
        end
        i32.const 0
        i32.const 0
        i32.store offset=0x200000
        i32.const 2
        local.set 17
        br 3
      end
      local.get 26
      i32.const 16
      i32.add
      local.set 0
      local.get 28
      local.set 4
      local.get 29
      local.set 5
      local.get 30
      local.set 6
      local.get 31
      local.set 7
      local.get 1
      local.set 26
      local.get 26
      local.set 27
      block
        local.get 27
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x800000
        local.tee 28
        local.get 27
        i32.or
        i32.const 3
        i32.and
        local.get 27
        i32.const 12
        i32.add
        local.get 27
        i32.xor
        i32.const -4096
        i32.and
        i32.or
        i32.eqz
        if (likely)
          local.get 28
          local.get 27
          i32.add
          local.set 29
          local.get 29
          local.get 4
          i32.store offset=0x0
          local.get 29
          local.get 5
          i32.store offset=0x4
          local.get 29
          local.get 6
          i32.store offset=0x8
          local.get 29
          local.get 7
          i32.store offset=0xc
          br 1
        end
        i32.const 0
        i32.const 1
        i32.store offset=0x200000
        i32.const 2
        local.set 17
        br 3
      end
      local.get 26
      i32.const 16
      i32.add
      local.set 1
      local.get 2
      local.get 3
      i32.add
      local.set 26
      block
        local.get 26
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x400000
        local.tee 28
        i32.const 1
        i32.and
        i32.eqz
        if (likely)
          local.get 28
          local.get 26
          i32.add
          i32.load8_u offset=0x0
          local.set 27
          br 1
        end
        local.get 26
        i32.const 1
        i32.const 2
        local.get 15
        i32.const 1
        call_indirect type=0 table=0
        local.set 27
        i32.const 0
        i32.load offset=0x200004
        local.set 15
        i32.const 0
        i32.load offset=0x7c
        local.tee 19
        if (unlikely)
          local.get 19
          i32.const 1
          i32.and
          br_if 4
          local.get 27
          local.set 4
          i32.const 0
          i32.const 2
          i32.store offset=0x200000
          br 4
        end
      end
      local.get 27
      local.set 4
      local.get 1
      local.set 26
      local.get 26
      i32.const 2
      i32.add
      local.set 27
      local.get 27
      local.set 28
      local.get 4
      local.set 29
      block
        local.get 28
        i32.const 12
        i32.shr_u
        i32.const 2
        i32.shl
        i32.load offset=0x800000
        local.tee 30
        local.get 28
        i32.or
        i32.const 1
        i32.and
        i32.eqz
        if (likely)
          local.get 30
          local.get 28
          i32.add
          local.get 29
          i32.store16 offset=0x0
          br 1
        end
        local.get 28
        i32.const 2
        local.get 29
        i32.const 3
        local.get 15
        i32.const 2
        call_indirect type=1 table=0
        i32.const 0
        i32.load offset=0x200004
        local.set 15
        i32.const 0
        i32.load offset=0x7c
        local.tee 19
        if (unlikely)
          local.get 19
          i32.const 1
          i32.and
          br_if 4
          i32.const 0
          i32.const 3
          i32.store offset=0x200000
          br 4
        end
      end
      local.get 0
      local.set 26
      local.get 8
      local.set 27
      local.get 26
      local.get 27
      i32.sub
      local.set 28
      local.get 28
      local.set 9
      local.get 28
      local.set 10
      local.get 26
      local.get 27
      local.set 12
      local.set 11
      local.get 26
      local.get 27
      local.set 14
      local.set 13
      local.get 11
      local.get 12
      i32.ge_u
      i32.eqz
      local.set 35
      local.get 35
      if
        local.get 15
        i32.const 16
        i32.sub
        local.set 15
        local.get 36
        i32.const 1
        i32.add
        local.set 36
        br 1
      end
      local.get 15
      i32.const 15
      i32.sub
      local.set 15
      local.get 20
      i32.const 6
      i32.add
      local.set 20
      i32.const 0
      i32.const 0
      i64.load offset=0x204050
      i64.const 1
      i64.add
      i64.store offset=0x204050
      i32.const 1
      local.set 18
      i32.const 0
      i32.const 268
      i32.store offset=0x3c
      i32.const 0
      i32.const 0
      i32.store offset=0x58
      i32.const 0
      i32.const 1
      i32.store offset=0x110
      i32.const 1
      local.set 17
      br 2
    end
  end
  local.get 15
  i32.const 15
  i32.sub
  local.set 15
  local.get 20
  i32.const 6
  i32.add
  local.set 20
  i32.const 0
  i32.const 0
  i64.load offset=0x204058
  i64.const 1
  i64.add
  i64.store offset=0x204058
  i32.const 1
  local.set 18
  i32.const 0
  i32.const 268
  i32.store offset=0x3c
  i32.const 0
  i32.const 0
  i32.store offset=0x58
  i32.const 0
  i32.const 1
  i32.store offset=0x110
  i32.const 1
  local.set 17
  br 0
end
i32.const 0
local.get 0
i32.store offset=0x0
i32.const 0
local.get 1
i32.store offset=0x4
i32.const 0
local.get 4
i32.store offset=0x10
i32.const 0
local.get 5
i32.store offset=0x14
i32.const 0
local.get 6
i32.store offset=0x18
i32.const 0
local.get 7
i32.store offset=0x1c
i32.const 0
local.get 9
i32.const 31
i32.shr_u
i32.store offset=0x40
i32.const 0
local.get 10
i32.eqz
i32.store offset=0x44
i32.const 0
local.get 11
local.get 12
i32.ge_u
i32.store offset=0x48
i32.const 0
local.get 13
local.get 14
i32.xor
local.get 13
local.get 13
local.get 14
i32.sub
i32.xor
i32.and
i32.const 31
i32.shr_u
i32.store offset=0x4c
i32.const 0
local.get 25
i32.store offset=0x134
i32.const 0
local.get 15
i32.store offset=0x200004
i32.const 0
local.get 16
i32.store offset=0x20000c
i32.const 0
i32.const 0
i64.load offset=0x204048
local.get 36
i64.extend_i32_u
i64.add
i64.store offset=0x204048
local.get 20
local.get 36
i32.const 6
i32.mul
i32.add
local.set 20
i32.const 0
i32.const 0
i64.load offset=0x204060
i64.const 1
i64.add
i64.store offset=0x204060
i32.const 0
i32.const 0
i64.load offset=0x204068
local.get 20
i64.extend_i32_u
i64.add
i64.store offset=0x204068
i32.const 0
i32.const 0
i32.load offset=0x200010
local.get 20
i32.add
i32.store offset=0x200010
local.get 18
i32.eqz
if
  local.get 17
  return
end
local.get 18
return_call_indirect type=12 table=0
